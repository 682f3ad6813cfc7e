"""One search field for people, eSIMs, orders, payments, refunds, disputes, cases, differences,
findings and ratings, each through an index.

Numbers, ours and the providers', must match as a whole. People are found by any part of an e-mail
address or a name, and eSIMs by the last digits of their ICCID, also of a former one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Manager, Q, QuerySet
from django.db.models.functions import Lower, Reverse, Upper
from django.urls import reverse

from limosa.domain.accounts.models import NameWords, Subscriber
from limosa.domain.esims.models import Esim, Move, MoveState
from limosa.domain.ordering.models import Order
from limosa.domain.payments.models import Difference, Dispute, Payment, Refund
from limosa.domain.ratings.models import Rating
from limosa.domain.support.models import Case, Finding
from limosa.domain.wallets.models import WalletTopUp
from limosa.web.wording.words import CHANNELS

ICCID_TAIL_MIN = 4
PART_MIN = 3
FOUND_MAX = 20
# Three consecutive characters that make a trigram in a database of any locale.
_PART = re.compile(rf"[0-9A-Za-z]{{{PART_MIN}}}")
_NUMBER_MIN = 6
_COUNTED_PAGES: dict[str, tuple[Manager[Any], str]] = {
    "D": (Difference.objects, "console:difference"),
    "F": (Finding.objects, "console:finding"),
    "RT": (Rating.objects, "console:rating"),
}
_COUNTED = re.compile(rf"({'|'.join(_COUNTED_PAGES)})-([1-9][0-9]{{0,17}})")


@dataclass(frozen=True, slots=True)
class RetiredIccid:
    """An ICCID that an eSIM does not have: one that it had before a move, or (`is_former` False)
    that of a move which was given up."""

    esim: Esim
    iccid: str
    is_former: bool


@dataclass(frozen=True, slots=True)
class Found:
    """`page`: the page of the only match; otherwise the matches to choose from. `retired`: those by
    an ICCID that is retired, also if it is the only match."""

    page: str = ""
    esims: Sequence[Esim] = ()
    retired: Sequence[RetiredIccid] = ()
    people: Sequence[Subscriber] = ()


def search(text: str) -> Found:
    """Look for a number, an address or a name, and the last digits of an ICCID."""
    text = text.strip()
    if page := _page_of(text):
        return Found(page)
    digits = text.replace(" ", "")
    esims, retired, people = _esims(digits), _retired(digits), _people(text)
    persons = [
        *(esim.subscriber_id for esim in [*esims, *(one.esim for one in retired)]),
        *(person.pk for person in people),
    ]
    page = _page_of_person(persons[0]) if len(persons) == 1 else ""
    return Found(page, esims=esims, retired=retired, people=people)


def _page_of_person(person_id: int) -> str:
    return reverse("console:person", args=[person_id])


def _page_of(text: str) -> str:
    """Return the page of an exact match; empty if there is none."""
    if "@" in text:
        people = Subscriber.objects.alias(lower=Lower("email"))
        person = people.filter(lower=text.lower()).first()
        return _page_of_person(person.pk) if person else ""
    if counted := _COUNTED.fullmatch(text.upper()):
        return _page_of_counted(counted[1], int(counted[2]))
    if len(text) < _NUMBER_MIN or not text.isascii():
        return ""
    number = text.upper()
    if Case.objects.filter(number=number).exists():
        return reverse("console:case", args=[number])
    order_number = next(_order_numbers(text), "")
    return reverse("console:order", args=[order_number]) if order_number else ""


def _page_of_counted(letter: str, pk: int) -> str:
    rows, name = _COUNTED_PAGES[letter]
    return reverse(name, args=[pk]) if rows.filter(pk=pk).exists() else ""


def _order_numbers(text: str) -> Iterator[str]:
    """Yield the orders that a number belongs to: ours in upper case, a provider's as typed."""
    ours = text.upper()
    yield from Order.objects.filter(number=ours).values_list("number", flat=True)
    yield from WalletTopUp.objects.filter(number=ours).values_list("number", flat=True)
    payments = Payment.objects.values_list("order_number", flat=True)
    yield from payments.filter(number=ours)
    yield from payments.filter(provider__in=_providers(), transaction_id=text)[:1]
    yield from payments.filter(reference=text)[:1]
    refunds = Refund.objects.values_list("payment__order_number", flat=True)
    yield from refunds.filter(number=ours)
    yield from refunds.filter(reference=text)[:1]
    disputes = Dispute.objects.values_list("payment__order_number", flat=True)
    yield from disputes.filter(provider__in=_providers(), reference=text)[:1]


@cache
def _providers() -> list[str]:
    """Return every provider that payments may have used: an index begins with it."""
    return sorted({*CHANNELS, *settings.PAYMENT_PROVIDERS})


def _is_tail(digits: str) -> bool:
    return digits.isdecimal() and len(digits) >= ICCID_TAIL_MIN


def _esims(digits: str) -> list[Esim]:
    if not _is_tail(digits):
        return []
    return list(
        Esim.objects.alias(backwards=Reverse("iccid"))
        .filter(backwards__startswith=digits[::-1])
        .select_related("subscriber", "carrier")[:FOUND_MAX]
    )


def _retired(digits: str) -> list[RetiredIccid]:
    if not _is_tail(digits):
        return []
    moves = Move.objects.select_related("esim__subscriber", "esim__carrier")
    found: list[RetiredIccid] = []
    for column, state in (("old_iccid", MoveState.DONE), ("iccid", MoveState.GIVEN_UP)):
        rows = moves.alias(backwards=Reverse(column)).filter(
            backwards__startswith=digits[::-1], state=state
        )
        found += [
            RetiredIccid(move.esim, getattr(move, column), state is MoveState.DONE)
            for move in rows.order_by("-id")[:FOUND_MAX]
        ]
    return found


def _people(text: str) -> list[Subscriber]:
    """Return people by part of an address or a name, or else by a name's beginning or whole
    words."""
    found: dict[int, Subscriber] = {}
    for rows in _readings(text):
        for person in rows.order_by("-pk")[:FOUND_MAX]:
            found.setdefault(person.pk, person)
    if text and "@" not in text and len(found) < FOUND_MAX:
        found |= {person.pk: person for person in _with_word(text)}
    return list(found.values())[:FOUND_MAX]


def _readings(text: str) -> Iterator[QuerySet[Subscriber]]:
    """Yield one query per interpretation: each uses an index, as a combined condition would not."""
    people = Subscriber.objects.all()
    if _PART.search(text):
        yield people.filter(Q(email__icontains=text) | Q(display_name__icontains=text))
    if text and "@" not in text:
        named = people.exclude(display_name="").alias(capitals=Upper("display_name"))
        yield named.filter(capitals__startswith=text.upper())


@transaction.atomic
def _with_word(text: str) -> list[Subscriber]:
    """Return some people who have a whole word in their name.

    For a word without statistics, PostgreSQL estimates one row in two hundred, and would scan the
    table from either end to find a few. Here only the index is left to it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    rows = Subscriber.objects.alias(words=NameWords("display_name")).filter(
        words__contains=[text.upper()]  # type: ignore[misc]  # the stubs take it for a text
    )
    found: list[Subscriber] = list(rows[:FOUND_MAX])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = on; SET LOCAL enable_indexscan = on")
    return found
