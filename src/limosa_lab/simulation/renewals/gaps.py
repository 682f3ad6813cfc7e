"""R6: nobody falls off the network while a method works and nothing else is in the way.

What "while" means, for the end E of a bundle: a person has surely agreed, until after E; they have
not left E out, nor taken its renewal back; from the notice's time to E the price was within the
cap, in its currency, on sale, and did not rise later than one and a half least leads before E; the
worker worked, the mail server took all mail, no payment of theirs was disputed or undecided; E came
three hours or more after it could be announced; and from the charge's time to E one and the same
method of theirs would have paid.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from limosa_lab.simulation.broken import check
from limosa_lab.simulation.renewal_choices import GRACE
from limosa_lab.simulation.renewals.record import Agreement, Record
from limosa_lab.simulation.renewals.rules import Ending
from limosa_lab.simulation.renewals.watching import (
    BundleRow,
    RenewalInvariants,
    by_person,
    ending_of,
)

_TOLD_AT_LEAST = timedelta(hours=3)


@dataclass(slots=True)
class Gaps:
    """The ends that were looked at. `renewed`: how many were renewed by themselves; `excused`: why
    others were not."""

    watch: RenewalInvariants
    seen: set[tuple[int, datetime]] = field(default_factory=set)
    renewed: int = 0
    excused: set[str] = field(default_factory=set)

    def look(self, *, now: datetime) -> None:
        """Check the ends that have passed. Raises InvariantBrokenError."""
        for person, bundles in by_person(self.watch.bundles).items():
            for bundle in bundles:
                end = bundle.ends_at
                if (person, end) in self.seen or end > now:
                    continue
                self.seen.add((person, end))
                if _charge_stands(self.watch, person, end):
                    self.renewed += 1
                elif not any(one.starts_at <= end < one.ends_at for one in bundles):
                    self._judge(bundle)

    def _judge(self, bundle: BundleRow) -> None:
        why = _excuse(self.watch, bundle)
        check(why, "R6", f"service of {bundle.person} ends at {bundle.ends_at}, and all was well")
        self.excused.add(why)


def _charge_stands(watch: RenewalInvariants, person: int, end: datetime) -> bool:
    """Whether an end was paid for; its supplier may take longer."""
    return any(
        charge.person == person
        and charge.end == end
        and charge.order in watch.paid
        and watch.orders[charge.order].state != "refunded"
        for charge in watch.charges.values()
    )


def _excuse(watch: RenewalInvariants, bundle: BundleRow) -> str:
    """Return why an end needs not have been renewed; empty: it had to be."""
    person, end, record = bundle.person, bundle.ends_at, watch.record
    agreements = [one for one in record.of(person) if one.at <= end]
    if not agreements or not agreements[0].is_sure:
        return "it was off"
    agreement = agreements[0]
    if agreement.until is not None and agreement.until <= end + GRACE:
        return "it was agreed to for less long"
    if end in agreement.may_be_skipped:
        return "it was left out"
    if _was_given_back(watch, person, end):
        return "it was given back"
    return _excuse_in_world(record, person, agreement, ending_of(bundle, agreement))


def _was_given_back(watch: RenewalInvariants, person: int, end: datetime) -> bool:
    charged = any(one.person == person and one.end == end for one in watch.charges.values())
    undone = any(
        one.person == person and one.state == "refunded" and one.starts_at == end
        for one in watch.bundles
    )
    refunded = any(
        one.person == person and one.end == end and watch.orders[one.order].state == "refunded"
        for one in watch.charges.values()
    )
    return undone or (charged and refunded)


def _excuse_in_world(record: Record, person: int, agreement: Agreement, ending: Ending) -> str:
    end = ending.ends_at
    if end - ending.told_from < _TOLD_AT_LEAST:
        return "there was no time to tell"
    if not _is_offered(record, person, agreement, ending):
        return "it cost too much"
    if record.is_troubled(person, since=ending.notice_at, until=end):
        return "something was wrong"
    able = (record.able_since.get((person, method)) for method in agreement.methods)
    if not any(since is not None and since <= ending.charge_at for since in able):
        return "no method would have paid"
    return ""


def _is_offered(record: Record, person: int, agreement: Agreement, ending: Ending) -> bool:
    """Whether it was on sale within the cap all the time, without a rise that was too late."""
    offers = record.offers[person]
    for number, offer in enumerate(offers):
        is_over = number + 1 < len(offers) and offers[number + 1].at < ending.notice_at
        if is_over or offer.at > ending.ends_at:
            continue
        is_within = offer.list_minor <= agreement.cap_minor
        if not offer.on_sale or not is_within or offer.currency != agreement.currency:
            return False
        has_risen = number > 0 and offer.list_minor > offers[number - 1].list_minor
        if has_risen and offer.at > ending.ends_at - ending.least_lead * 1.5:
            return False
    return True
