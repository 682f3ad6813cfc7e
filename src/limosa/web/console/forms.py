"""What a member of the staff writes: a reason, for the record."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    """Why something is done; kept in the record of staff actions."""

    detail = forms.CharField(
        label=_("Reason, for the record"),
        max_length=500,
        error_messages={
            "required": _("Write in a few words why, for whoever reads the record later."),
            "max_length": _("Keep it below 500 characters."),
        },
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class OutcomeForm(forms.Form):
    """What came of a case."""

    detail = forms.CharField(
        label=_("What came of it"),
        max_length=500,
        error_messages={
            "required": _("Write in a few words what came of it, for the record."),
            "max_length": _("Keep it below 500 characters."),
        },
        widget=forms.Textarea(attrs={"rows": 3}),
    )
