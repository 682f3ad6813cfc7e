"""Everything that happened to a person, newest first: many tables merged into one list.

Each source returns at most a page of its own newest rows, by an index that begins with the person;
the page is the newest of them all. A row's later events (an order's refund, the end of a case) come
with the row: they are missed only behind a whole page of newer rows of its kind.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext

from limosa.domain.accounts.models import Subscriber
from limosa.domain.autorenewal.models import Consent
from limosa.domain.charging.models import DailyUsage
from limosa.domain.esims.engine.move_life import NOT_INSTALLED
from limosa.domain.esims.models import OPEN_STATES, Bundle, Installation, Move, MoveState
from limosa.domain.ledger.models import Posting
from limosa.domain.notifications.models import Notification
from limosa.domain.notifications.wording import texts_for
from limosa.domain.ordering.models import Order
from limosa.domain.payments.models import Payment, Refund
from limosa.domain.support.models import Case
from limosa.domain.wallets.models import WalletTopUp
from limosa.foundation.money import Money
from limosa.web.console.words import (
    ENTRIES,
    INSTALLATION_REPORTS,
    MAIL_STATES,
    PROBLEMS,
    REASONS,
    word,
)
from limosa.web.wording import formatting
from limosa.web.wording.security_events import event_lines
from limosa.web.wording.words import CHANNELS, STATES

PAGE_SIZE = 40


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened. `tone`: "", "good", "warn" or "fault"; `link`: its page.

    `is_whole_day`: it has a date but no time of day.
    """

    at: datetime
    title: str
    detail: str = ""
    tone: str = ""
    link: str = ""
    is_whole_day: bool = False


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Moments, newest first, and the time of the next page; None on the last."""

    moments: list[Moment]
    next_before: datetime | None


_Source = Callable[[Subscriber, datetime, int], Iterable[Moment]]


def timeline_of(person: Subscriber, *, before: datetime, size: int = PAGE_SIZE) -> TimelinePage:
    """Return what happened before a time. Moments at the same instant are never split."""
    found = [
        moment
        for source in _SOURCES
        for moment in source(person, before, size + 1)
        if moment.at < before
    ]
    found.sort(key=lambda moment: moment.at)
    # Not `reverse=True`: of moments at the same instant, a source's last comes first here.
    found.reverse()
    end = size
    while end < len(found) and found[end].at == found[end - 1].at:
        end += 1
    shown = found[:end]
    return TimelinePage(shown, shown[-1].at if end < len(found) else None)


def _sign_up(person: Subscriber, before: datetime, size: int) -> Iterator[Moment]:  # noqa: ARG001
    yield Moment(person.date_joined, gettext("Signed up"))


def _orders(person: Subscriber, before: datetime, size: int) -> Iterator[Moment]:
    orders = Order.objects.filter(subscriber=person, placed_at__lt=before)
    for order in orders.select_related("quote__plan").order_by("-id")[:size]:
        link = reverse("console:order", args=[order.number])
        plan = order.quote.plan.name_in(formatting.language())
        total = formatting.money(Money(order.quote.total_minor, order.quote.currency))
        said = _said(f"{plan} · {total}", by_guest=bool(order.link))
        is_automatic = order.agreed_at is not None
        title = gettext("Order placed by auto-renew") if is_automatic else gettext("Order placed")
        yield Moment(order.placed_at, title, said, link=link)
        if order.paid_at:
            yield Moment(order.paid_at, gettext("Paid"), plan, "good", link)
        if order.fulfilled_at:
            yield Moment(order.fulfilled_at, gettext("Credited"), plan, "good", link)
        if order.closed_at:
            yield Moment(order.closed_at, str(STATES[order.state]), plan, "warn", link)


def _top_ups(person: Subscriber, before: datetime, size: int) -> Iterator[Moment]:
    top_ups = WalletTopUp.objects.filter(subscriber=person, placed_at__lt=before)
    for top_up in top_ups.order_by("-id")[:size]:
        link = reverse("console:top_up", args=[top_up.number])
        total = formatting.money(top_up.total)
        yield Moment(top_up.placed_at, gettext("Wallet top-up begun"), total, link=link)
        if top_up.paid_at:
            yield Moment(top_up.paid_at, gettext("Added to the wallet"), total, "good", link)
        if top_up.closed_at:
            yield Moment(top_up.closed_at, str(STATES[top_up.state]), total, "warn", link)


def _said(text: str, *, by_guest: bool) -> str:
    """Return a moment's detail, marked if it is not of the person whose page it is on."""
    return f"{gettext('not signed in')} · {text}" if by_guest else text


def _payments(person: Subscriber, before: datetime, size: int) -> Iterator[Moment]:
    payments = Payment.objects.filter(subscriber=person, created_at__lt=before)
    for payment in payments.order_by("-created_at")[:size]:
        amount = formatting.money(Money(payment.amount_minor, payment.currency))
        detail = f"{word(CHANNELS, payment.provider)} · {amount}"
        yield Moment(
            payment.created_at,
            gettext("Payment started"),
            f"{detail} · {word(PROBLEMS, payment.problem)}" if payment.problem else detail,
            "fault" if payment.problem else "",
            reverse("console:order", args=[payment.order_number]),
        )


def _refunds(person: Subscriber, before: datetime, size: int) -> Iterator[Moment]:
    refunds = Refund.objects.filter(payment__subscriber=person, requested_at__lt=before)
    for refund in refunds.select_related("payment").order_by("-requested_at")[:size]:
        amount = formatting.money(Money(refund.amount_minor, refund.payment.received_currency))
        detail = f"{amount} · {word(REASONS, refund.reason)}"
        link = reverse("console:order", args=[refund.payment.order_number])
        yield Moment(refund.requested_at, gettext("Refund requested"), detail, "warn", link)
        if refund.finished_at:
            yield Moment(refund.finished_at, gettext("Refund completed"), detail, "", link)


def _bundles(person: Subscriber, before: datetime, size: int) -> Iterator[Moment]:
    ended = Bundle.objects.filter(subscriber=person, created_at__lt=before).exclude(
        state__in=OPEN_STATES
    )
    for bundle in ended.select_related("plan").order_by("-id")[:size]:
        if bundle.ended_at:
            yield Moment(
                bundle.ended_at,
                gettext("Bundle ended"),
                f"{bundle.plan.name_in(formatting.language())} · {STATES[bundle.state]}",
                link=reverse("console:order", args=[bundle.order_number]),
            )


def _messages(person: Subscriber, before: datetime, size: int) -> Iterator[Moment]:
    messages = Notification.objects.filter(subscriber=person, created_at__lt=before)
    for message in messages.order_by("-created_at")[:size]:
        title, _body = texts_for(message)
        how = [word(MAIL_STATES, message.mail_state)]
        if message.read_at:
            how.append(gettext("read"))
        yield Moment(message.created_at, gettext("Message"), f"{title} · {', '.join(how)}")


def _cases(person: Subscriber, before: datetime, size: int) -> Iterator[Moment]:
    cases = Case.objects.filter(subscriber=person, opened_at__lt=before)
    for case in cases.order_by("-id")[:size]:
        link = reverse("console:case", args=[case.number])
        said = _said(case.message, by_guest=case.by_guest)
        yield Moment(case.opened_at, gettext("Case opened"), said, "warn", link)
        if case.answered_at:
            yield Moment(case.answered_at, gettext("Case answered"), case.answer, "", link)
        if case.replied_at:
            said = _said(case.reply, by_guest=case.by_guest)
            yield Moment(case.replied_at, gettext("Reply to our answer"), said, "warn", link)
        if case.closed_at:
            yield Moment(case.closed_at, gettext("Case closed"), case.number, "", link)


def _consents(person: Subscriber, before: datetime, size: int) -> Iterator[Moment]:
    given = Consent.objects.filter(subscriber=person, given_at__lt=before)
    for consent in given.select_related("esim__carrier").order_by("-id")[:size]:
        esim = consent.esim.label or consent.esim.carrier.name
        if consent.withdraws_id is not None:
            detail = _said(esim, by_guest=consent.by_link)
            yield Moment(consent.given_at, gettext("Auto-renew: consent over"), detail, "warn")
            continue
        cap = formatting.money(Money(consent.cap_minor or 0, consent.currency))
        detail = f"{esim} · {cap} · {consent.wording}"
        yield Moment(consent.given_at, gettext("Auto-renew: agreed to"), detail)


def _wallet(person: Subscriber, before: datetime, size: int) -> Iterator[Moment]:
    postings = Posting.objects.filter(account__subscriber=person, entry__posted_at__lt=before)
    for posting in postings.select_related("account", "entry").order_by("-id")[:size]:
        amount = Money(-posting.amount_minor, posting.account.currency)
        number = posting.entry.order_number
        yield Moment(
            posting.entry.posted_at,
            gettext("Wallet"),
            f"{formatting.money(amount)} · {word(ENTRIES, posting.entry.kind)}",
            link=reverse("console:order", args=[number]) if number else "",
        )


def _security(person: Subscriber, before: datetime, size: int) -> Iterator[Moment]:
    events = person.security_events.filter(at__lt=before).order_by("-id")[:size]
    for line in event_lines(events):
        parts = (line.device, line.address, line.details)
        detail = " · ".join(part for part in parts if part)
        yield Moment(line.at, line.title, detail, "warn" if line.is_warning else "")


def _moves(person: Subscriber, before: datetime, size: int) -> Iterator[Moment]:
    moves = Move.objects.filter(esim__subscriber=person, begun_at__lt=before)
    for move in moves.select_related("esim__carrier").order_by("-begun_at")[:size]:
        esim = move.esim.label or move.esim.carrier.name
        tails = " → ".join(f"…{iccid[-4:]}" for iccid in (move.old_iccid, move.iccid) if iccid)
        detail = f"{esim} · {move.number} · {tails}"
        yield Moment(move.begun_at, gettext("Move to another device begun"), detail, "warn")
        if move.ended_at and move.state == MoveState.DONE:
            yield Moment(move.ended_at, gettext("Moved to another device"), detail, "good")
        elif move.ended_at:
            is_late = move.problem == NOT_INSTALLED
            title = gettext("Move not installed in time") if is_late else gettext("Move given up")
            yield Moment(move.ended_at, title, detail)


def _installations(person: Subscriber, before: datetime, size: int) -> Iterator[Moment]:  # noqa: ARG001
    """What devices reported of the person's eSIMs; timeline_of leaves out what came later."""
    rows = Installation.objects.filter(esim__subscriber=person).select_related("esim__carrier")
    for row in rows.select_related("device").order_by("-id")[:size]:
        name = row.esim.label or row.esim.carrier.name
        device = row.device.name if row.device else ""
        detail = " · ".join(part for part in (name, f"…{row.iccid[-4:]}", device) if part)
        for state, (title, tone) in INSTALLATION_REPORTS.items():
            at = getattr(row, f"{state}_at")
            if at:
                why = f" · {row.failure}" if state == "failed" and row.failure else ""
                yield Moment(at, str(title), detail + why, tone)


def _usage(person: Subscriber, before: datetime, size: int) -> Iterator[Moment]:
    rows = DailyUsage.objects.filter(
        Q(esim__in=person.esims.values("pk")), day__lte=before.astimezone(UTC).date()
    )
    for row in rows.select_related("esim__carrier").order_by("-day")[:size]:
        # A day's usage is placed at its end, in the time zone where it was used.
        zone = ZoneInfo(row.esim.time_zone)
        end = datetime.combine(row.day, time(0), tzinfo=zone) + timedelta(days=1, seconds=-1)
        name = row.esim.label or row.esim.carrier.name
        detail = f"{formatting.volume(row.used_bytes)} · {name}"
        yield Moment(end, gettext("Data used"), detail, is_whole_day=True)


_SOURCES: tuple[_Source, ...] = (
    _sign_up,
    _refunds,
    _orders,
    _top_ups,
    _payments,
    _bundles,
    _messages,
    _cases,
    _consents,
    _wallet,
    _security,
    _moves,
    _installations,
    _usage,
)
