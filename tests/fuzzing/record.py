"""What a run covered, and what went wrong in it."""

import time
from collections import Counter
from dataclasses import dataclass, field

from tests.fuzzing.attacks import ALL_KINDS, Attack

SECONDS_MAX = 2.0


@dataclass
class Record:
    """Statuses by route and by kind of bad input; faults as texts; the slowest requests."""

    seed: int
    routes: list[str]
    statuses: Counter[int] = field(default_factory=Counter)
    hit: Counter[str] = field(default_factory=Counter)
    answered: dict[str, Counter[int]] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)
    began: float = field(default_factory=time.perf_counter)

    def note(self, attack: Attack, *, route: str | None, status: int, seconds: float) -> None:
        """Keep what a request did. route: the one that answered; None: none did."""
        self.statuses[status] += 1
        self.kinds.update(attack.kinds)
        if route is not None:
            self.hit[route] += 1
            self.answered.setdefault(route, Counter())[status] += 1
        if status >= 500 or status == 0:
            self.faults.append(f"{status}: {attack}")
        if seconds > SECONDS_MAX:
            self.faults.append(f"{seconds:.1f} s: {attack}")
        self.slowest = sorted([*self.slowest, (seconds, str(attack)[:160])], reverse=True)[:3]

    def check(self) -> None:
        """Fail when something went wrong, or was not covered."""
        shown = "\n".join(self.faults[:5])
        assert not self.faults, f"seed {self.seed}, {len(self.faults)} faults:\n{shown}"
        missed = [route for route in self.routes if not self.hit[route]]
        assert not missed, f"seed {self.seed}: routes that no request reached: {missed}"
        unused = sorted(ALL_KINDS - set(self.kinds))
        assert not unused, f"seed {self.seed}: kinds of bad input that were not used: {unused}"

    def __str__(self) -> str:
        """Return the figures of the run, in a few lines."""
        total = sum(self.statuses.values())
        took = time.perf_counter() - self.began
        return "\n".join(
            [
                (
                    f"seed {self.seed}: {total} requests in {took:.1f} s,"
                    f" {len(self.hit)} of {len(self.routes)} routes reached,"
                    f" {len(self.kinds)} of {len(ALL_KINDS)} kinds of bad input"
                ),
                f"statuses: {dict(sorted(self.statuses.items()))}",
                f"least reached: {self.hit.most_common()[-3:]}",
                *(f"slowest: {seconds * 1000:.0f} ms {what}" for seconds, what in self.slowest),
            ]
        )
