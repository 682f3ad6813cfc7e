"""How far an eSIM has come on a device, for its page: what was reported, and nothing else."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from limosa.domain.connectivity.moves import may_get_new_profile
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.esims.engine.installation_life import InstallationState
from limosa.domain.esims.models import Device, Esim, EsimState, Installation, Move
from limosa.domain.esims.queries import installation_of

_S = InstallationState
# What happened after the download, and what is still ahead, by what was reported last.
_HAPPENED = {
    _S.DOWNLOADED: (),
    _S.FAILED: ("failed",),
    _S.INSTALLED: ("installed",),
    _S.ENABLED: ("installed", "enabled"),
    _S.DISABLED: ("installed", "disabled"),
    _S.DELETED: ("installed", "deleted"),
}
_AHEAD: dict[InstallationState, tuple[str, ...]] = {
    _S.DOWNLOADED: ("installed", "enabled"),
    _S.FAILED: ("installed", "enabled"),
    _S.INSTALLED: ("enabled",),
}
_WARNINGS = {"failed", "disabled", "deleted"}
# Of the card's numbers, `command/reason`: SGP.22, errorReason of the ProfileInstallationResult.
_FAILURES: dict[str, str | Promise] = {
    "9": _("It is already on this device: look among its eSIMs. Nothing else needs to be done."),
    "10": _("The device is full. Delete an eSIM that you no longer use, then try again."),
    "11": _("It was interrupted. Keep the device on and online, and try again with the same code."),
}
_FAILURE = _(
    "The device could not install it. Try again with the same code; if that fails too, get help."
)
_CODE_SPENT = _("The device could not install it, and the same code can't be used again.")


class Mark(StrEnum):
    """How a step is drawn."""

    DONE = "done"
    NEXT = "next"
    WAITING = "waiting"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Line:
    """A step of the way. `at` None: it has not happened, or nobody said when."""

    kind: str
    mark: Mark
    at: datetime | None = None

    @property
    def is_ahead(self) -> bool:
        """Whether it has not happened, so that its name must not say that it has."""
        return self.mark in (Mark.NEXT, Mark.WAITING)


@dataclass(frozen=True, slots=True)
class Progress:
    """What the page shows. `is_silent`: this supplier never tells, so nothing will be heard.
    `is_code_spent`: the code installs it no more, and there can be another."""

    lines: list[Line]
    device: Device | None
    problem: str | Promise
    is_silent: bool
    is_code_spent: bool

    @property
    def is_on(self) -> bool:
        """Whether the device said that the eSIM is switched on."""
        return self.lines[-1] == Line("enabled", Mark.DONE, self.lines[-1].at)

    @property
    def is_on_device(self) -> bool:
        """Whether a device has it now, so that its code has been used."""
        done = {line.kind for line in self.lines if not line.is_ahead}
        return "installed" in done and "deleted" not in done


def is_silent(esim: Esim) -> bool:
    """Whether nobody tells us what devices do with an eSIM."""
    return not capabilities_of(esim.supplier_id).profile_reports


def progress_of(esim: Esim, move: Move | None = None) -> Progress:
    """Return how far the profile that an eSIM has now has come, or the one of a waiting move."""
    found = _found(esim, move)
    has_failed = found is not None and found.state == _S.FAILED
    is_code_spent = has_failed and move is None and may_get_new_profile(esim)
    return Progress(
        lines=_lines(esim, found, move),
        device=found.device if found else None,
        problem=_problem(found, is_code_spent=is_code_spent),
        is_code_spent=is_code_spent,
        is_silent=found is None and is_silent(esim),
    )


def _found(esim: Esim, move: Move | None) -> Installation | None:
    if move is None:
        return installation_of(esim)
    return installation_of(esim, iccid=move.iccid) if move.iccid else None


def _lines(esim: Esim, found: Installation | None, move: Move | None) -> list[Line]:
    ordered = Line("ordered", Mark.DONE, move.begun_at if move else esim.created_at)
    if found is not None:
        state = _S(found.state)
        happened = [_happened(found, kind) for kind in ("downloaded", *_HAPPENED[state])]
        return [ordered, *happened, *_ahead(*_AHEAD.get(state, ()))]
    if move is not None or esim.state == EsimState.READY:
        return [ordered, *_ahead("downloaded", "installed", "enabled")]
    # What the network has seen is installed, though no device has said so.
    return [
        ordered,
        Line("downloaded", Mark.DONE),
        Line("installed", Mark.DONE, esim.installed_at),
    ]


def _happened(found: Installation, kind: str) -> Line:
    mark = Mark.WARNING if kind in _WARNINGS else Mark.DONE
    return Line(kind, mark, getattr(found, f"{kind}_at"))


def _ahead(*kinds: str) -> list[Line]:
    marks = [Mark.NEXT, *[Mark.WAITING] * len(kinds)]
    return [Line(kind, mark) for kind, mark in zip(kinds, marks, strict=False)]


def _problem(found: Installation | None, *, is_code_spent: bool) -> str | Promise:
    if found is None or found.state != _S.FAILED:
        return ""
    if is_code_spent:
        return _CODE_SPENT
    return _FAILURES.get(found.failure.rpartition("/")[2], _FAILURE)
