"""Forms of staff about ratings. What is decided is read by everybody, and so is why."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from limosa.domain.ratings.engine.standing import Ruling, Standing
from limosa.domain.ratings.models import (
    REASON_LENGTH_MAX,
    REPLY_LENGTH_MAX,
    CommentState,
    Rating,
)
from limosa.domain.ratings.operations.rule_on_rating import Decision

_TOO_LONG = _("Please use fewer than %(limit_value)d characters.")
_RULINGS = [
    (Ruling.NONE.value, _("As the rules say")),
    (Ruling.RELEASED.value, _("Count it though it was held back")),
    (Ruling.EXCLUDED.value, _("Do not count it")),
]


class RulingForm(forms.Form):
    """Whether the comment is shown, and whether the rating counts."""

    comment = forms.ChoiceField(
        label=_("Comment"),
        choices=[("show", _("Show it")), ("hide", _("Hide it"))],
        widget=forms.RadioSelect,
    )
    seen = forms.CharField(required=False)
    ruling = forms.ChoiceField(
        label=_("Does it count?"),
        required=False,
        choices=_RULINGS,
        widget=forms.RadioSelect,
    )
    public_reason = forms.CharField(
        label=_("Public reason"),
        required=False,
        max_length=REASON_LENGTH_MAX,
        help_text=_("Everybody reads it beside the rating. It goes into the audit log, too."),
        error_messages={"max_length": _TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: QueryDict | None, *, rating: Rating) -> None:
        is_hidden = rating.comment_state == CommentState.HIDDEN
        initial = {
            "comment": "hide" if is_hidden else "show",
            "ruling": rating.ruling,
            "public_reason": rating.public_reason,
        }
        super().__init__(data, initial=initial)
        if not rating.comment:
            del self.fields["comment"]
        is_held_back = rating.standing in {Standing.RING, Standing.BURST}
        ruling = self.fields["ruling"]
        may_be_released = is_held_back or rating.ruling == Ruling.RELEASED
        if isinstance(ruling, forms.ChoiceField) and not may_be_released:
            # It would say that it is saved, and change nothing.
            ruling.choices = [one for one in _RULINGS if one[0] != Ruling.RELEASED.value]

    @property
    def is_comment_shown(self) -> bool:
        """Whether the comment is to be shown; True if there is none."""
        return bool(self.cleaned_data.get("comment", "show") == "show")

    @property
    def decided(self) -> Decision:
        """The decision, once the form is valid."""
        return Decision(
            is_comment_shown=self.is_comment_shown,
            ruling=Ruling(self.cleaned_data["ruling"]),
            public_reason=self.cleaned_data["public_reason"],
            comment_version=self.cleaned_data["seen"],
        )

    def clean(self) -> dict[str, Any]:
        """Want a reason for whatever is not as the rules say."""
        is_decision = self.cleaned_data.get("ruling") or not self.is_comment_shown
        reason = self.cleaned_data.get("public_reason", "").strip()
        if is_decision and not reason and "public_reason" not in self.errors:
            self.add_error("public_reason", _("Say why: everybody may read it."))
        return self.cleaned_data


class RatingReplyForm(forms.Form):
    """The seller's reply to a rating."""

    reply = forms.CharField(
        label=_("Our reply"),
        required=False,
        max_length=REPLY_LENGTH_MAX,
        help_text=_("Everybody reads it below the rating. Empty takes it back."),
        error_messages={"max_length": _TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class InsiderForm(forms.Form):
    """Why a person's ratings do not count."""

    reason = forms.CharField(
        label=_("Why their ratings don't count"),
        max_length=REASON_LENGTH_MAX,
        help_text=_("For the audit log. The public reads that a partner wrote the rating."),
        error_messages={
            "required": _("Briefly explain why, for anyone who reads the audit log later."),
            "max_length": _TOO_LONG,
        },
        widget=forms.TextInput,
    )
