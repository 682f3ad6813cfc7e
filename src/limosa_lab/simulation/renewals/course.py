"""A run about renewals: months of two eSIMs, by a clock that jumps, with storms of actors."""

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from limosa_lab.simulation import actions, rest
from limosa_lab.simulation.broken import InvariantBrokenError
from limosa_lab.simulation.renewal_choices import GRACE, TERMS
from limosa_lab.simulation.renewals.deeds import look, round_of, wake
from limosa_lab.simulation.renewals.events import REFUSALS, SUDDENLY, RenewalEvents
from limosa_lab.simulation.renewals.postbox import Service
from limosa_lab.simulation.renewals.resting import check_at_rest
from limosa_lab.simulation.renewals.shop import REFERENCES
from limosa_lab.simulation.world import PEOPLE, World

_DUE = """
SELECT (SELECT min(next_at) FROM autorenewal_autorenewal),
       (SELECT min(next_mail_at) FROM notifications_notification),
       (SELECT min(next_poll_at) FROM payments_payment),
       (SELECT min(next_poll_at) FROM payments_refund),
       (SELECT min(next_at) FROM connectivity_supply),
       (SELECT least(min(ends_at) FILTER (WHERE state = 'active'),
                     min(starts_at) FILTER (WHERE state = 'queued')) FROM esims_bundle),
       (SELECT max(id) FROM esims_bundle),
       (SELECT count(*) FROM ordering_order WHERE state = 'paid')
"""
_JOBS = ("look", "mail", "ask", "refunds", "supply", "bundles")
_PATIENT = ("ask", "refunds", "supply", "deliver")
_PATIENCE = timedelta(minutes=5)
_DAY = timedelta(days=1)
_STOPS_MAX = 400
_SECONDS_IN_A_STORM = 60
_FAR = 10_000


@dataclass(slots=True, kw_only=True)
class RenewalCourse(RenewalEvents):
    """See `Course`. `storminess`: how often everything happens at once."""

    storminess: float = 0.0
    crashes_left: int = 0
    bundles_seen: int = 0

    def run(self) -> None:
        """Run to the end. Raises InvariantBrokenError; the log shows how it came about."""
        self._say(str(self.configuration))
        self.storminess = self.random.choice((0.0, 0.2, 0.5, 0.8))
        self.crashes_left = self.random.choice((0, 1, 3, 6))
        self._open()
        for _ in range(self.random.randint(6, 11)):
            self._something()
            self._pass_time()
        self._say("now all comes to rest")
        self._rest()

    def _open(self) -> None:
        """Most people agree; some of their cards are refused, and some wallets are empty."""
        self.watch.read()
        for reference in REFERENCES.values():
            if self.random.random() < 0.3:
                self.bank.says[reference] = self.random.choice(REFUSALS)
        if self.configuration.mail == "fails" and self.random.random() < 0.5:
            self.postbox.service = self.random.choice((Service.REFUSES, Service.IS_AWAY))
        for person in PEOPLE:
            if person == PEOPLE[0] or self.random.random() < 0.3:
                if times := self.random.choice((0, 2, 4)):
                    self._give_to(person, times)
                    self._drain()
                self._agree_for(person)
                self._drain()

    def _something(self) -> None:
        """Something happens, or the first person agrees again."""
        agreements = self.record.of(PEOPLE[0])
        if not (agreements and agreements[0].is_sure) and self.random.random() < 0.6:
            self._agree_for(PEOPLE[0])
        elif self.random.random() < 0.5:
            self._begin_something()
        self._drain()

    # Time.

    def _pass_time(self) -> None:
        luck = self.random.random()
        if luck < 0.1:
            back = timedelta(seconds=self.random.randint(1, 45))
            self.world.now -= back
            self._say(f"the clock goes back by {back}")
            self._round()
            return
        target = self._moment_of_interest() if luck < 0.65 else self._some_time_later()
        if luck > 0.94:
            self._say("no worker works")
            self.record.begin("outage", at=self.world.now)
            self.world.now = target
            self._round()
            self.record.end("outage", at=self.world.now)
            return
        self._go_to(target)

    def _some_time_later(self) -> datetime:
        days, _ = TERMS[self.configuration.term]
        share = self.random.choice((0.01, 0.05, 0.2, 0.4, 0.7))
        return self.world.now + timedelta(days=days) * share

    def _moment_of_interest(self) -> datetime:
        """Return a moment near the next notice, charge, retry or end of somebody's bundle."""
        offset = timedelta(seconds=self.random.choice((-90, -1, 0, 1, 30, 200, 4000)))
        ahead = [moment for moment in self._moments() if moment + offset > self.world.now]
        return ahead[0] + offset if ahead else self._some_time_later()

    def _moments(self) -> list[datetime]:
        """Return when something may happen to bundles that have not ended, in order."""
        running = (one for one in self.watch.bundles if one.ends_at > self.world.now)
        return sorted(at for one in running for at in _moments_of(one.starts_at, one.ends_at))

    def _go_to(self, target: datetime) -> None:
        """Let time pass, working whenever something is due."""
        for _ in range(_STOPS_MAX):
            due = self._next_due(target)
            if due >= target:
                break
            self.world.now = max(self.world.now, due)
            self._round()
        else:
            raise InvariantBrokenError("E0", "there is always something due")
        self.world.now = max(self.world.now, target)
        self._round()

    def _next_due(self, target: datetime) -> datetime:
        """Return when there is something to do. What is only asked for again waits some minutes,
        and in the quiet months of a long plan nobody looks daily."""
        days, _ = TERMS[self.configuration.term]
        now, patience = self.world.now, dict.fromkeys(_PATIENT, _PATIENCE * (1 + days / 3))
        patience["mail"] = _PATIENCE
        ahead = [moment for moment in self._moments() if moment > now - _DAY]
        if days > 31 and (not ahead or ahead[0] > now + _DAY):
            patience["look"] = min(5 * _DAY, ahead[0] - now - _DAY if ahead else _DAY)
        times = [
            max(at, now + patience.get(name, timedelta()))
            for name, at in self._due().items()
            if name != "deliver"
        ]
        return min(times, default=target)

    def _due(self) -> dict[str, datetime]:
        """Return since when each of a worker's jobs has something to do, or from when on."""
        row = self.monitor.connection.execute(_DUE).fetchone()
        assert row is not None  # noqa: S101 -- it has one row.
        due = {name: at for name, at in zip(_JOBS, row[: len(_JOBS)], strict=True) if at}
        if not self.polls:
            due.pop("ask", None)
        if row[6] != self.bundles_seen:
            due["wake"] = self.world.now
        if row[7]:
            due["deliver"] = self.world.now
        return due

    def _newest_bundle(self) -> int:
        row = self.monitor.connection.execute("SELECT max(id) FROM esims_bundle").fetchone()
        return int(row[0]) if row else 0

    def _round(self) -> None:
        """The workers do what is due, providers send notifications, suppliers deliver."""
        now = self.world.now
        names = [name for name, at in self._due().items() if at <= now]
        self.bundles_seen = self._newest_bundle()
        if self.world.suppliers and self.random.random() < 0.3:
            self._call_back()
        for happens in (self._end_refund, self._decide):
            if self.random.random() < 0.3:
                happens()
        for message in self.world.messages:
            if not message.is_under_way and self.random.random() < 0.6 and self.stage.has_room:
                self._deliver(message)
        self._drain()
        works = [(f"job {name}", partial(round_of, act=self._job(name))) for name in names]
        if "look" in names and self.random.random() < self.storminess:
            self._storm([*works, ("job look", partial(round_of, act=look))])
        else:
            for name, work in works:
                self._enter(name, work)
                self._drain()
        self.gaps.look(now=self.world.now)

    def _job(self, name: str) -> Callable[[World], object]:
        own: dict[str, Callable[[World], object]] = {
            "look": look,
            "wake": wake,
            "mail": self.deeds.mail,
        }
        return own.get(name) or actions.JOBS[name]

    # How actors go on.

    def _drain(self) -> None:
        """Let all actors end, one after the other."""
        while self.stage.actors:
            self._move_far(self.stage.movable[0], dies=False)
        self._note_world()

    def _move_far(self, actor: object, *, dies: bool) -> None:
        steps, self.steps = self.steps, (_FAR,)
        try:
            self._move(actor, dies=dies)  # type: ignore[arg-type]
        finally:
            self.steps = steps

    def _storm(self, works: Sequence[tuple[str, Callable[[World], object]]]) -> None:
        """Workers work at the same time, people change their minds meanwhile, and some die."""
        self._say("a storm")
        waiting = [*works]
        sudden = self.random.choice((0, 1, 1, 2))
        seconds_left = _SECONDS_IN_A_STORM
        self.random.shuffle(waiting)
        while waiting or sudden or self.stage.actors:
            movable = self.stage.movable
            begins = (waiting or sudden) and self.stage.has_room
            if begins and (not movable or self.random.random() < 0.2):
                if sudden and (not waiting or self.random.random() < 0.3):
                    sudden -= 1
                    getattr(self, f"_{self.random.choice(SUDDENLY)}")()
                elif waiting:
                    self._enter(*waiting.pop())
            elif movable:
                dies = self.crashes_left > 0 and self.random.random() < 0.02
                self.crashes_left -= dies
                self._move(self.random.choice(movable), dies=dies)
            if seconds_left > 0 and self.random.random() < 0.03:
                step = self.random.choice((1, 5, 20, -2))
                seconds_left -= abs(step)
                self.world.now += timedelta(seconds=step)
        self._note_world()

    # The end.

    def _rest(self) -> None:
        try:
            self._calm_down()
            rest.bring_to_rest(self.world, polls=self.polls, random=self.random, look=self._look_at)
            check_at_rest(self.watch)
        except InvariantBrokenError as broken:
            self._say(str(broken))
            raise
        except Exception as error:
            self._say(traceback.format_exc(limit=-4))
            raise InvariantBrokenError("E0", f"at rest: {error!r}") from error

    def _calm_down(self) -> None:
        """Nothing fails any more, and workers work for some hours: what is under way ends."""
        self.postbox.service = Service.WORKS
        for provider in self.world.providers:
            provider.unreliable = 0.0
        for _ in range(3):
            for provider, payment in self.world.undecided:
                provider.decide_payment(payment, comes=self.random.random() < 0.7)
            self._go_to(self.world.now + timedelta(hours=1))
        for person in PEOPLE:
            self._enter(f"{person}: stop", partial(self.deeds.stop, person=person, by_link=False))
            self._drain()
        self._go_to(self.world.now + timedelta(hours=5))

    def _say(self, text: str) -> bool:
        self.events += 1
        at = self.world.now.strftime("%Y-%m-%d %H:%M:%S")
        self.log.append(f"{self.events:>4}  {at}  {text}")
        return True


def _moments_of(starts_at: datetime, ends_at: datetime) -> list[datetime]:
    """Return when something happens to a bundle by the rules: notice, charge, retries, end."""
    before = min(4 * _DAY, (ends_at - starts_at) / 4)
    charge_at = ends_at - before
    lead = min((20 if ends_at - starts_at > 300 * _DAY else 7) * _DAY, charge_at - starts_at)
    quarters = [charge_at + before * quarter / 4 for quarter in (0, 0, 0, 1, 3)]
    return [charge_at - lead, *quarters, ends_at, ends_at + GRACE]
