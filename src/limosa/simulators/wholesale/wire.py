"""What a wholesaler's wire must do, and what it is given to do it."""

import json
import logging
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from limosa.simulators.clock import Clock
from limosa.simulators.loopback_http import Handler, Reply, Request, Routes
from limosa.simulators.wholesale.bundles import Change
from limosa.simulators.wholesale.callbacks import Answer, Callback, Message, News, tell
from limosa.simulators.wholesale.esims import Bundle, Esim
from limosa.simulators.wholesale.faults import PURCHASES, Fault, FaultKind, FaultPlan
from limosa.simulators.wholesale.orders import Order, Reason, RefusedError
from limosa.simulators.wholesale.plans import Plan, change_plan, current_plans
from limosa.simulators.wholesale.profiles import Profiles
from limosa.simulators.wholesale.store import Store, note

log = logging.getLogger(__name__)

Work = Callable[[Request, dict[str, str]], Reply]
_GARBAGE = b"<html><body><h1>502 Bad Gateway</h1></body></html>\n"
_REASONS = {
    FaultKind.OUT_OF_STOCK: Reason.STOCK,
    FaultKind.CREDIT_USED_UP: Reason.CREDIT,
    FaultKind.MAINTENANCE: Reason.MAINTENANCE,
    FaultKind.BUSY: Reason.BUSY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a wire is given.

    `account`: the buyer's identifiers and secrets. `age_scale`: multiplies how old the use is that
    is told. `order_seconds`: how long an order takes that is not answered at once. `keep_silent`
    waits so many seconds, or until the process ends. `wake`: something is due. `fulfil`: deliver an
    order now, and return it.
    """

    account: dict[str, str]
    clock: Clock
    store: Store
    faults: FaultPlan
    profiles: Profiles
    age_scale: float
    order_seconds: float
    keep_silent: Callable[[float], object]
    wake: Callable[[], None]
    fulfil: Callable[[int], Order]


class Wire(ABC):
    """A wholesaler."""

    name: str
    title: str
    currency: str
    # Pauses after the first, second, … attempt to deliver a callback, in seconds.
    pauses: Sequence[float]
    answer_seconds_max = 10.0
    # A renewal is added to the eSIM's bundle; otherwise it waits for its end.
    adds_renewals = False
    warn_levels: tuple[int, ...] = ()

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.listed = self.price_list()

    # What each wire says.

    @abstractmethod
    def price_list(self) -> dict[str, Plan]:
        """Return what it sells, by code."""

    @abstractmethod
    def add_routes(self, routes: Routes, base: str) -> None:
        """Add its calls below a path."""

    @abstractmethod
    def refusal(self, error: RefusedError) -> Reply:
        """Return how it says no."""

    @classmethod
    @abstractmethod
    def settings(cls, base_url: str, account: Mapping[str, str]) -> dict[str, str]:
        """Return what the product needs of an account, by the ends of its settings' names."""

    @abstractmethod
    def key_of_esim(self, esim: Esim, now: float) -> str:
        """Return its own id of a new eSIM."""

    @abstractmethod
    def message(self, callback: Callback) -> Message:
        """Return a callback as it is sent, signed."""

    @abstractmethod
    def is_acknowledged(self, answer: Answer) -> bool:
        """Whether an answer to a callback ends its repetition."""

    @abstractmethod
    def as_of(self, db: sqlite3.Connection, now: float) -> float:
        """Return the time of the use that is told now."""

    # What happened, for its callbacks. Each runs in the transaction in which it happened.

    def on_delivered(self, db: sqlite3.Connection, order: Order, now: float) -> None:
        """An order is delivered."""
        del db, order, now

    def on_failed(self, db: sqlite3.Connection, order: Order, now: float) -> None:
        """An order could not be delivered."""
        del db, order, now

    def on_profile(self, db: sqlite3.Connection, esim: Esim, now: float) -> None:
        """A device said where the profile stands."""
        del db, esim, now

    def on_bundle(self, db: sqlite3.Connection, change: Change, now: float) -> None:
        """A bundle began, was used up, or ended."""
        del db, change, now

    def on_warning(
        self, db: sqlite3.Connection, esim: Esim, bundle: Bundle, percent: int, now: float
    ) -> None:
        """So much of a bundle is used: one of `warn_levels`."""
        del db, esim, bundle, percent, now

    # What is the same for all.

    def plans(self, db: sqlite3.Connection) -> dict[str, Plan]:
        return current_plans(db, self.name, self.listed)

    def tell(
        self, db: sqlite3.Connection, kind: str, content: object, *, order_id: int | None = None,
        url: str = "",
    ) -> None:  # fmt: skip
        """Queue a callback."""
        news = News(kind, content, order_id)
        tell(db, self.name, news, faults=self.desk.faults, now=self.desk.clock(), url=url)
        self.desk.wake()

    def call(self, operation: str, work: Work) -> Handler:
        """Wrap the work of a call: its refusals, its faults, and a line in the log."""

        def handle(request: Request, words: dict[str, str]) -> Reply | None:
            return self.answer(operation, work, request, words)

        return handle

    def answer(
        self, operation: str, work: Work, request: Request, words: dict[str, str]
    ) -> Reply | None:
        """Answer a call, with the fault that is pending for it; None: with silence."""
        fault = self.desk.faults.take_for_call(operation)
        kind = None if fault is None else fault.kind
        said = ""
        if fault is not None and kind in (FaultKind.TIMEOUT, FaultKind.SLOW):
            self.desk.keep_silent(fault.seconds)
        if kind is FaultKind.TIMEOUT:
            self._note(operation, None, fault)
            return None
        if fault is not None and kind is FaultKind.TOO_MANY:
            reply = too_many(fault.seconds)
            self._note(operation, reply, fault)
            return reply
        try:
            self._raise_fault(operation, request, kind)
            reply = work(request, words)
        except RefusedError as error:
            said, reply = str(error), self.refusal(error)
        self._note(operation, reply, fault, said=said)
        if fault is not None and kind is FaultKind.TIMEOUT_AFTER:
            self.desk.keep_silent(fault.seconds)
            return None
        if kind is FaultKind.GARBAGE:
            return Reply(502, _GARBAGE, {"Content-Type": "text/html"})
        return reply

    def _raise_fault(self, operation: str, request: Request, kind: FaultKind | None) -> None:
        if kind in _REASONS:
            raise RefusedError(_REASONS[kind], "as told")
        if kind is FaultKind.PRICE_CHANGED and operation in PURCHASES:
            with self.desk.store.transaction() as db:
                for code in self.plans_named(request.body):
                    if plan := self.plans(db).get(code):
                        price = plan.price * 11 // 1000 * 100
                        change_plan(db, self.name, code, price=price)

    def plans_named(self, body: bytes) -> list[str]:
        """Return the plans that a purchase names, wherever it does."""
        try:
            found = _texts(json.loads(body))
        except ValueError:
            found = []
        return [one for one in found if one in self.listed]

    def _note(
        self, operation: str, reply: Reply | None, fault: Fault | None, *, said: str = ""
    ) -> None:
        with self.desk.store.transaction() as db:
            note(
                db, self.desk.clock(), self.name, "call", operation,
                status=0 if reply is None else reply.status,
                fault="" if fault is None else fault.kind, refused=said,
            )  # fmt: skip


def too_many(seconds: float) -> Reply:
    """Refuse a call before anything is done, as a gateway does that counts them."""
    reply = as_json({"message": "Too Many Attempts."}, status=429)
    return Reply(reply.status, reply.body, reply.headers | {"Retry-After": str(ceil(seconds))})


def as_json(body: object, *, status: int = 200) -> Reply:
    """Return a JSON answer."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(status, content, {"Content-Type": "application/json;charset=UTF-8"})


def read_object(body: bytes) -> dict[str, object]:
    """Return a JSON object; an empty body is an empty one. Raises RefusedError."""
    try:
        members = json.loads(body or b"{}")
    except ValueError as error:
        raise RefusedError(Reason.PARAMETER, "no JSON") from error
    if not isinstance(members, dict):
        raise RefusedError(Reason.PARAMETER, "no object")
    return members


def text_of(members: dict[str, object], name: str, *, needed: bool = True) -> str:
    """Return a text, or a number as one. Raises RefusedError."""
    value = members.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or (needed and not value):
        raise RefusedError(Reason.PARAMETER, name, field=name)
    return value


def whole_of(
    members: dict[str, object], name: str, *, least: int, most: int, default: int | None = None
) -> int:
    """Return a whole number, also one that is written as a text. Raises RefusedError."""
    value = members.get(name, default)
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise RefusedError(Reason.PARAMETER, name, field=name)
    return value


def list_of(members: dict[str, object], name: str, *, most: int) -> list[dict[str, object]]:
    """Return a list of objects, at least one. Raises RefusedError."""
    value = members.get(name)
    if not isinstance(value, list) or not 1 <= len(value) <= most:
        raise RefusedError(Reason.PARAMETER, name, field=name)
    if not all(isinstance(one, dict) for one in value):
        raise RefusedError(Reason.PARAMETER, name, field=name)
    return value


def texts_of(members: dict[str, object], name: str, *, most: int) -> list[str]:
    """Return a list of texts, at least one. Raises RefusedError."""
    value = members.get(name)
    if not isinstance(value, list) or not 1 <= len(value) <= most:
        raise RefusedError(Reason.PARAMETER, name, field=name)
    return [str(one) for one in value]


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return []
