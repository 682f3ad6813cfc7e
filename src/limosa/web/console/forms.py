"""Forms that staff fill in, with a reason for the audit log."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from limosa.domain.payments.models import Channel, Payment
from limosa.foundation.money import Money
from limosa.web.console.typed_amounts import typed_amount
from limosa.web.wording.countries import CODES


def _words(label: Any, *, missing: Any) -> forms.CharField:
    """Return a required text field. Both texts are lazy: its label, and the error if it is
    empty."""
    return forms.CharField(
        label=label,
        max_length=500,
        error_messages={
            "required": missing,
            "max_length": _("Please use fewer than %(limit_value)d characters."),
        },
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReasonForm(forms.Form):
    """The reason for an action; stored in the audit log."""

    detail = _words(
        _("Reason, for the audit log"),
        missing=_("Briefly explain why, for anyone who reads the audit log later."),
    )


class RefundForm(ReasonForm):
    """How much to refund, and why. `part_minor` None: all that is left, and the bundle with it.

    `confirmed`: the amount that the button showed, in minor units; empty until it showed one.
    `knowing`: the page said that nobody knows how much was used.
    """

    how = forms.ChoiceField(
        label=_("Refund type"),
        choices=[("full", _("Full remaining amount")), ("part", _("Partial refund"))],
        error_messages={
            "required": _("Choose whether to refund the full remaining amount or part of it.")
        },
        widget=forms.RadioSelect,
    )
    amount = forms.CharField(
        label=_("Partial refund amount"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    confirmed = forms.IntegerField(required=False, widget=forms.HiddenInput)
    knowing = forms.BooleanField(required=False, widget=forms.HiddenInput)
    field_order = ["how", "amount", "detail"]

    def __init__(self, data: QueryDict | None, *, payment: Payment | None) -> None:
        super().__init__(data)
        self._payment = payment
        self.part_minor: int | None = None

    @property
    def left(self) -> Money | None:
        """The amount of the payment that has not been refunded."""
        payment = self._payment
        if payment is None:
            return None
        return Money(payment.received_minor - payment.refunded_minor, payment.received_currency)

    @property
    def going(self) -> Money | None:
        """The amount to refund, once the form is valid."""
        left = self.left
        if left is None or self.part_minor is None:
            return left
        return Money(self.part_minor, left.currency)

    @property
    def is_confirmed(self) -> bool:
        """Whether the button pressed showed exactly the amount that would be refunded now."""
        return self.going is not None and self.cleaned_data["confirmed"] == self.going.amount_minor

    def clean(self) -> dict[str, Any]:
        """Ignore the amount of a full refund; require it for a partial one."""
        if self.cleaned_data.get("how") == "full":
            self.part_minor = None
            self.errors.pop("amount", None)
        elif self.part_minor is None and "amount" not in self.errors:
            self.add_error("amount", _("Enter the refund amount, such as 12.50."))
        return self.cleaned_data

    @property
    def limit(self) -> Money | None:
        """The amount up to which one person may refund a payment; None: no amount at all."""
        if self._payment is None:
            return None
        currency = self._payment.received_currency
        limit_minor = settings.REFUND_LIMITS.get(currency, 0)
        return Money(limit_minor, currency) if limit_minor else None

    def clean_amount(self) -> str:
        """Parse an amount in major units; report one that is not valid in this currency."""
        text: str = self.cleaned_data["amount"].strip()
        left = self.left
        if not text or left is None:
            return text
        part = typed_amount(text, currency=left.currency)
        if not 0 < part.amount_minor < left.amount_minor:
            raise forms.ValidationError(
                _(
                    "A partial refund must be more than zero and less than the full remaining "
                    "amount."
                )
            )
        self.part_minor = part.amount_minor
        return text


class OutcomeForm(forms.Form):
    """The outcome of a case."""

    detail = _words(_("Outcome"), missing=_("Briefly describe the outcome, for the audit log."))


class NoteForm(forms.Form):
    """A finding of somebody's, for whoever looks into it next."""

    detail = _words(_("Note"), missing=_("Please write a note first."))


class AnswerForm(forms.Form):
    """What the person will read: by mail, and on the page of their case."""

    answer = forms.CharField(
        label=_("Answer"),
        max_length=4000,
        help_text=_("The customer receives this by email, word for word. Write in their language."),
        error_messages={
            "required": _("Please write an answer first."),
            "max_length": _("Please use fewer than %(limit_value)d characters."),
        },
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class ClosingForm(OutcomeForm):
    """The outcome of a case, and a final word to the person."""

    closing = forms.CharField(
        label=_("Closing note to the customer"),
        required=False,
        max_length=4000,
        help_text=_(
            "The customer is notified by email that the case is closed; this note is included."
        ),
        error_messages={"max_length": _("Please use fewer than %(limit_value)d characters.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ["closing", "detail"]


class ChannelForm(forms.ModelForm):  # type: ignore[type-arg]
    """Whether, where and in which position a payment provider is offered."""

    countries = forms.CharField(
        required=False,
        max_length=1000,
        label=_("Countries"),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )

    class Meta:
        model = Channel
        fields: ClassVar[list[str]] = ["is_offered", "countries", "position"]
        labels: ClassVar[dict[str, Any]] = {"is_offered": _("Offered"), "position": _("Position")}
        error_messages: ClassVar[dict[str, Any]] = {
            "position": {
                "required": _("Enter a whole number, 0 or higher; the lowest is shown first."),
                "invalid": _("Enter a whole number, 0 or higher; the lowest is shown first."),
                "min_value": _("Enter a whole number, 0 or higher; the lowest is shown first."),
                "max_value": _("Enter a whole number, 0 or higher; the lowest is shown first."),
            }
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["countries"] = " ".join(self.instance.countries)

    def clean_countries(self) -> list[str]:
        """Return the codes, without duplicates, in order."""
        codes = sorted(set(self.cleaned_data["countries"].upper().replace(",", " ").split()))
        if unknown := [code for code in codes if code not in CODES]:
            raise forms.ValidationError(
                _("%(code)s is not a country code. Use two letters for each, such as US CN."),
                params={"code": unknown[0][:10]},
            )
        return codes
