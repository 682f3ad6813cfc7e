"""The form of a rating: four scales, of which one is enough, and a few words if one likes."""

from collections.abc import Iterator
from dataclasses import dataclass

from babel.core import get_global
from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from limosa.domain.ratings.engine.questions import (
    ANSWER_LEAST,
    ANSWER_MOST,
    COMMENT_LENGTH_MAX,
    Answers,
    Question,
)
from limosa.domain.ratings.models import REASON_LENGTH_MAX, Rating
from limosa.web.wording import countries
from limosa.web.wording.ratings import ENDS, QUESTIONS

_SCALE = range(ANSWER_LEAST, ANSWER_MOST + 1)


@dataclass(frozen=True, slots=True)
class Scale:
    """A question as the page draws it. `chosen`: its answer; None: none yet."""

    name: str
    label: Promise
    low: Promise
    high: Promise
    steps: range
    chosen: int | None


class RatingForm(forms.Form):
    """What a buyer says of a carrier where they are. `places`: the plan's countries; `zone`: the
    eSIM's time zone, whose country is proposed; `hinted`: answers given by a tap before."""

    country = forms.ChoiceField(
        error_messages={
            "required": _("Choose where you are."),
            "invalid_choice": _("This plan is not for that place. Choose one of the list."),
        },
    )
    comment = forms.CharField(
        required=False,
        max_length=COMMENT_LENGTH_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "max_length": _("This is too long. Please use at most %(limit_value)d characters.")
        },
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        places: list[str],
        zone: str,
        rating: Rating | None,
        hinted: QueryDict,
    ) -> None:
        here = get_global("zone_territories").get(zone, "")
        initial = {"country": here if here in places else ""}
        if rating:
            initial = {"comment": rating.comment, "country": rating.country}
        super().__init__(data, initial=initial)
        self.places = places
        shown = [choice for choice in countries.choices() if choice[0] in places]
        country = self.fields["country"]
        if isinstance(country, forms.ChoiceField):
            country.choices = shown if len(shown) == 1 else [("", _("Choose a place")), *shown]
        for question in Question:
            before = getattr(rating, question.value) if rating else hinted.get(question.value)
            self.fields[question.value] = forms.TypedChoiceField(
                required=False,
                coerce=int,
                empty_value=None,
                choices=[(str(step), str(step)) for step in _SCALE],
                initial=str(before or ""),
                error_messages={"invalid_choice": _("Choose one of the five steps.")},
            )

    @property
    def scales(self) -> Iterator[Scale]:
        """The questions in their order."""
        for question in Question:
            name = question.value
            chosen = str(self[name].value() or "")
            low, high = ENDS[name]
            is_step = chosen in {str(step) for step in _SCALE}
            yield Scale(name, QUESTIONS[name], low, high, _SCALE, int(chosen) if is_step else None)

    @property
    def answers(self) -> Answers:
        """What was answered, once the form is valid."""
        given = {question: self.cleaned_data.get(question.value) for question in Question}
        return {question: answer for question, answer in given.items() if answer is not None}

    def clean(self) -> dict[str, object]:
        """Want one answer at least."""
        if not any(question.value in self.errors for question in Question) and not self.answers:
            raise forms.ValidationError(_("Answer one of the four questions; one is enough."))
        return self.cleaned_data


class ReportForm(forms.Form):
    """Why a comment should not stand."""

    reason = forms.CharField(
        max_length=REASON_LENGTH_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Say in a few words what is wrong with it."),
            "max_length": _("This is too long. Please use at most %(limit_value)d characters."),
        },
    )
