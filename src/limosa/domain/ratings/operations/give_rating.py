"""Give a rating, or change it."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.charging.models import DailyUsage
from limosa.domain.esims.models import Bundle
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.ordering.models import Order
from limosa.domain.ratings.background import (
    address_digest,
    grounds_of,
    marks_of,
    own_money,
    was_ever_staff,
)
from limosa.domain.ratings.engine.asking import MOVED_BYTES_MIN
from limosa.domain.ratings.engine.questions import (
    COMMENT_LENGTH_MAX,
    Answers,
    Question,
    is_rating,
    month_of,
)
from limosa.domain.ratings.engine.standing import Standing, own_standing
from limosa.domain.ratings.models import (
    CommentState,
    Invitation,
    InvitationState,
    Rating,
    RatingMark,
)
from limosa.domain.ratings.places import make_due
from limosa.domain.ratings.queries import is_open
from limosa.domain.ratings.refusals import (
    NoDataMovedError,
    PlaceNotCoveredError,
    RatingNotOpenError,
)
from limosa.foundation.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a buyer says. `country`: where they were; `language`: they write in; `address`: they
    write from, empty: not known."""

    country: str
    answers: Answers
    comment: str
    language: str
    address: str


@transaction.atomic
def give_rating(*, person: Subscriber, order_number: str, said: Said, now: datetime) -> Rating:
    """Return the rating of the bundle that an order brought: a new one, or the one there is, with
    what is said now. Whether it counts the worker finds out within a minute.

    The first time, the writer gets what LIMOSA_RATING_REWARD promises, whatever the answers are,
    unless the rating cannot count. A comment that was reported or hidden stays out of sight when
    it is changed, even by way of none, until staff have looked.
    Locks:  the bundle's invitation, the places, the rating; then the writer's wallet.
    Raises: RatingNotOpenError, NoDataMovedError, PlaceNotCoveredError; ValueError for answers off
            the scale, or a comment that is too long; nothing changed.
    """
    if not is_rating(said.answers) or len(said.comment) > COMMENT_LENGTH_MAX:
        raise ValueError("no rating")
    bundle = _open_bundle(person, order_number, now)
    month = _month_used(bundle, now)
    if said.country not in bundle.plan.countries:
        raise PlaceNotCoveredError
    rating = Rating.objects.filter(bundle=bundle).first()
    for country in sorted({said.country, rating.country if rating else said.country}):
        make_due(carrier=bundle.plan.carrier_id, country=country, now=now)
    if rating is None:
        return _new(person, bundle, said, month=month, now=now)
    rating = Rating.objects.select_for_update().get(pk=rating.pk)
    _set(rating, said, now)
    rating.save()
    return rating


def _open_bundle(person: Subscriber, order_number: str, now: datetime) -> Bundle:
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("bundle__plan", "bundle__esim")
        .filter(bundle__order_number=order_number, subscriber=person, state=InvitationState.ASKED)
        .first()
    )
    if invitation is None or not is_open(invitation, now=now):
        raise RatingNotOpenError
    return invitation.bundle


def _month_used(bundle: Bundle, now: datetime) -> date:
    """Return the month in which the bundle's eSIM last moved data, by the days that we counted."""
    if bundle.used_bytes < MOVED_BYTES_MIN or bundle.starts_at is None:
        raise NoDataMovedError
    zone = ZoneInfo(bundle.esim.time_zone)
    days = DailyUsage.objects.filter(
        esim_id=bundle.esim_id,
        day__gte=bundle.starts_at.astimezone(zone).date(),
        day__lte=(bundle.ended_at or now).astimezone(zone).date(),
        used_bytes__gt=0,
    )
    last = days.order_by("-day").values_list("day", flat=True).first()
    if last is None:
        raise NoDataMovedError
    return month_of(last)


def _set(rating: Rating, said: Said, now: datetime) -> None:
    for question in Question:
        setattr(rating, question.value, said.answers.get(question))
    comment = said.comment.replace("\0", "").strip()
    if comment != rating.comment:
        rating.comment_state = _state_after(CommentState(rating.comment_state), comment)
    rating.comment, rating.country, rating.language = comment, said.country, said.language
    rating.changed_at = now


def _state_after(before: CommentState, comment: str) -> CommentState:
    if before in {CommentState.REPORTED, CommentState.HIDDEN}:
        return CommentState.REPORTED
    return CommentState.SHOWN if comment else CommentState.NONE


def _new(person: Subscriber, bundle: Bundle, said: Said, *, month: date, now: datetime) -> Rating:
    order = Order.objects.select_related("quote").get(number=bundle.order_number)
    rating = Rating(
        bundle=bundle,
        subscriber=person,
        carrier_id=bundle.plan.carrier_id,
        month=month,
        given_at=now,
        account_made_at=person.date_joined,
        address=address_digest(said.address),
        was_staff=was_ever_staff(person),
        list_minor=order.quote.list_minor,
        total_minor=order.quote.total_minor,
        own_minor=own_money(order),
    )
    _set(rating, said, now)
    reward = _reward(rating, bundle, person, order)
    if reward is not None:
        rating.reward_minor, rating.reward_currency = reward.amount_minor, reward.currency
    rating.save(force_insert=True)
    RatingMark.objects.bulk_create(
        RatingMark(rating=rating, kind=mark.kind.value, digest=mark.digest)
        for mark in marks_of(person, bundle)
    )
    if reward is not None:
        key = f"rating:{bundle.order_number}"
        credit_wallet(subscriber_id=person.pk, amount=reward, key=key, now=now)
    return rating


def _reward(rating: Rating, bundle: Bundle, person: Subscriber, order: Order) -> Money | None:
    currency = order.quote.currency
    amount_minor = settings.RATING_REWARDS.get(currency, 0)
    grounds = grounds_of(
        rating, bundle, person, order_state=order.state, returned_minor=order.reversed_minor
    )
    is_earned = amount_minor and own_standing(grounds) is Standing.COUNTS
    return Money(amount_minor, currency) if is_earned else None
