"""What templates say of ratings and of measured facts."""

from datetime import date, timedelta

from django import template

from limosa.domain.ratings.engine.questions import Question
from limosa.domain.ratings.models import Rating
from limosa.domain.track_record.engine.measures import Measure
from limosa.foundation.money import Money
from limosa.web.wording import measures, ratings

register = template.Library()
_SCALE = 4_000


@register.filter
def score(thousandths: int) -> str:
    """{{ mean.mean|score }}: 4.3"""
    return ratings.score(thousandths)


@register.filter
def along(thousandths: int) -> str:
    """{{ mean.low|along }}: how far along a scale of 100, in plain digits for SVG"""
    return f"{(thousandths - 1000) * 100 / _SCALE:.1f}"


@register.filter
def width_to(low: int, high: int) -> str:
    """{{ mean.low|width_to:mean.high }}: how wide on a scale of 100, never nothing"""
    return f"{max((high - low) * 100 / _SCALE, 1):.1f}"


@register.filter
def question(name: str) -> str:
    """{{ mean.name|question }}: Speed as it felt"""
    return str(ratings.QUESTIONS[name])


@register.filter
def month(first_day: date) -> str:
    """{{ rating.month|month }}: November 2026"""
    return ratings.month(first_day)


@register.filter
def standing(code: str) -> str:
    """{{ rating.standing|standing }}: not counted: the plan was free"""
    return str(ratings.STANDINGS[code])


@register.filter
def comment_state(code: str) -> str:
    """{{ rating.comment_state|comment_state }}: reported"""
    return str(ratings.COMMENT_STATES[code])


@register.filter
def answers(rating: Rating) -> list[tuple[str, int]]:
    """{% for name, answer in rating|answers %}: those that were given, by their names"""
    given = ((name.value, getattr(rating, name.value)) for name in Question)
    return [(str(ratings.QUESTIONS[name]), answer) for name, answer in given if answer is not None]


@register.simple_tag
def rating_reward(rating: Rating) -> Money:
    """{% rating_reward rating as reward %}: what the writer got for it"""
    return Money(rating.reward_minor or 0, rating.reward_currency)


@register.filter
def measure_name(measure: Measure) -> str:
    """{{ fact.measure|measure_name }}: Renewals disputed"""
    return str(measures.NAMES[measure])


@register.filter
def how_measured(measure: Measure) -> str:
    """{{ fact.measure|how_measured }}: one sentence"""
    return str(measures.HOW[measure])


@register.filter
def length(time: timedelta) -> str:
    """{{ fact.median|length }}: 4 seconds"""
    return measures.length(time)
