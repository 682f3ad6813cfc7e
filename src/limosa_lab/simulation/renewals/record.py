"""What the witness knows: what people did, and what was wrong with the world meanwhile.

Fed by the course of the run, by the people in it and by the mail server; never by auto-renew.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from limosa_lab.simulation.renewal_choices import GRACE
from limosa_lab.simulation.renewals.postbox import Letter


@dataclass(slots=True, kw_only=True, eq=False)
class Agreement:
    """What a person agreed to for an eSIM, pressing at `at`.

    `is_answered`: they were told that it is on; until then it may be. `is_withdrawal_begun`: they
    press to stop or change it, and it may be off; `withdrawn_at`: they were told that it is.
    `skipped`: the ends that they were told are left out.
    """

    person: int
    cap_minor: int
    currency: str
    until: datetime | None
    methods: tuple[str, ...]
    at: datetime
    is_answered: bool = False
    is_withdrawal_begun: bool = False
    withdrawn_at: datetime | None = None
    skipped: set[datetime] = field(default_factory=set)
    may_be_skipped: set[datetime] = field(default_factory=set)

    @property
    def is_sure(self) -> bool:
        """Whether it is on without doubt."""
        return self.is_answered and not self.is_withdrawal_begun

    def may_hold_at(self, moment: datetime) -> bool:
        """Whether a worker may still have taken it for valid then."""
        is_begun = self.at <= moment + GRACE
        return is_begun and (self.withdrawn_at is None or moment <= self.withdrawn_at + GRACE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What renewing costs since a moment: the list price, in a person's currency."""

    at: datetime
    list_minor: int
    currency: str
    on_sale: bool


@dataclass(slots=True, eq=False)
class Trouble:
    """Something that may keep a renewal from being charged, of a person, or of everybody (0)."""

    person: int
    since: datetime
    until: datetime | None = None


@dataclass(slots=True)
class Record:
    """Everything that the witness knows. `able_since`: since when a method of a person's would have
    paid without a break. `undone`: orders whose undoing was answered; `may_be_undone`: or begun.
    """

    agreements: list[Agreement] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    offers: dict[int, list[Offer]] = field(default_factory=lambda: defaultdict(list))
    troubles: list[Trouble] = field(default_factory=list)
    able_since: dict[tuple[int, str], datetime] = field(default_factory=dict)
    undone: set[str] = field(default_factory=set)
    may_be_undone: set[str] = field(default_factory=set)
    _open: dict[tuple[str, int], Trouble] = field(default_factory=dict)

    def of(self, person: int) -> list[Agreement]:
        """Return a person's agreements, newest first."""
        return [one for one in self.agreements[::-1] if one.person == person]

    def begin(self, what: str, *, at: datetime, person: int = 0) -> None:
        """Note that something is wrong from now on."""
        if (what, person) not in self._open:
            self._open[what, person] = trouble = Trouble(person, at)
            self.troubles.append(trouble)

    def end(self, what: str, *, at: datetime, person: int = 0) -> None:
        """Note that it is over."""
        trouble = self._open.pop((what, person), None)
        if trouble is not None:
            trouble.until = at

    def is_troubled(self, person: int, *, since: datetime, until: datetime) -> bool:
        """Whether something was wrong for a person within a time."""
        return any(
            one.person in {0, person}
            and one.since <= until
            and (one.until is None or one.until >= since)
            for one in self.troubles
        )

    def note_able(self, person: int, method: str, *, is_able: bool, at: datetime) -> None:
        """Note whether a method would pay now."""
        if not is_able:
            self.able_since.pop((person, method), None)
        else:
            self.able_since.setdefault((person, method), at)
