"""An installation that a page shows: it runs in a thread, and waits for the person's answer."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from limosa.simulators.virtual_phone.card.results import CancelReason
from limosa.simulators.virtual_phone.lpa.download import Asking
from limosa.simulators.virtual_phone.lpa.faults import Declined, LpaFault
from limosa.simulators.virtual_phone.metadata import Metadata
from limosa.simulators.virtual_phone.phone import InstalledProfile

log = logging.getLogger(__name__)

ANSWER_SECONDS_MAX = 300.0

Install = Callable[[Asking], InstalledProfile]


class Step(StrEnum):
    CONNECT = "connect"
    AUTHENTICATE = "authenticate"
    CONFIRM = "confirm"
    DOWNLOAD = "download"
    INSTALL = "install"
    INSTALLED = "installed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an installation is. `offer` is what would be installed, once it is known."""

    step: Step
    done: int = 0
    total: int = 1
    offer: Metadata | None = None
    needs_code: bool = False
    profile: InstalledProfile | None = None
    fault: LpaFault | None = None

    @property
    def is_over(self) -> bool:
        return self.step in {Step.INSTALLED, Step.FAILED}


class Installation:
    """Starts at once. `answer` may be called while the step is CONFIRM; once is enough."""

    def __init__(self, install: Install, *, answer_seconds: float = ANSWER_SECONDS_MAX) -> None:
        self._install, self._answer_seconds = install, answer_seconds
        self._changed = threading.Condition()
        self._progress = Progress(Step.CONNECT)
        self._answer: str | CancelReason | None = None
        threading.Thread(target=self._run, name="installation", daemon=True).start()

    @property
    def progress(self) -> Progress:
        with self._changed:
            return self._progress

    def wait_for(self, *steps: Step, seconds: float) -> Progress:
        """Wait until it is at one of these steps, at most so long; returns where it is."""
        with self._changed:
            self._changed.wait_for(lambda: self._progress.step in steps, timeout=seconds)
            return self._progress

    def answer(self, answer: str | CancelReason) -> None:
        """Go on, with the confirmation code or an empty text; or stop, for this reason."""
        with self._changed:
            if self._progress.step is Step.CONFIRM:
                self._answer = answer
                self._changed.notify_all()

    def _run(self) -> None:
        try:
            profile = self._install(Asking(self._confirm, self._tell))
        except LpaFault as fault:
            self._move(Progress(Step.FAILED, fault=fault))
        except Exception:
            log.exception("an installation failed")
            broken = LpaFault("The phone failed; its log says why.", "手机出错了，详情见日志。")
            self._move(Progress(Step.FAILED, fault=broken))
        else:
            self._move(Progress(Step.INSTALLED, profile=profile))

    def _confirm(self, offer: Metadata, needs_code: bool) -> str:  # noqa: FBT001
        self._move(Progress(Step.CONFIRM, offer=offer, needs_code=needs_code))
        with self._changed:
            self._changed.wait_for(lambda: self._answer is not None, timeout=self._answer_seconds)
            answer = CancelReason.TIMEOUT if self._answer is None else self._answer
        if isinstance(answer, CancelReason):
            raise _DECLINED.get(answer, _declined)(answer)
        return answer

    def _tell(self, step: str, done: int, total: int) -> None:
        offer = self.progress.offer
        self._move(Progress(Step(step), done=done, total=total, offer=offer))

    def _move(self, progress: Progress) -> None:
        with self._changed:
            self._progress = progress
            self._changed.notify_all()


def _declined(reason: CancelReason) -> Declined:
    return Declined("You declined: nothing was installed.", "已取消，未安装任何内容。", reason)


def _postponed(reason: CancelReason) -> Declined:
    return Declined("Put off: the code stays good.", "已推迟，激活码仍然有效。", reason)


def _timed_out(reason: CancelReason) -> Declined:
    return Declined(
        "Nobody answered: the code stays good.", "长时间未确认，激活码仍然有效。", reason
    )


_DECLINED: dict[CancelReason, Callable[[CancelReason], Declined]] = {
    CancelReason.POSTPONED: _postponed,
    CancelReason.TIMEOUT: _timed_out,
}
