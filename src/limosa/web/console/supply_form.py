"""What a member of the staff saw about an order on the supplier's own pages."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from limosa.domain.connectivity.answers import Delivered
from limosa.domain.connectivity.models import REFERENCE_LENGTH_MAX, Supply
from limosa.domain.esims.engine.profile import Profile
from limosa.foundation.identifiers import (
    ACTIVATION_CODE_LENGTH_MAX,
    InvalidIdentifierError,
    parse_activation_code,
    parse_iccid,
)

_NOT_ORDERED, _RENEWED, _NEW = "not_ordered", "renewed", "new"


class SupplyForm(forms.Form):
    """Whether the supplier has the order, and what it delivered. `delivered`: set once valid."""

    reference = forms.CharField(
        label=_("Supplier order number"),
        required=False,
        max_length=REFERENCE_LENGTH_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    iccid = forms.CharField(
        label=_("ICCID of the new eSIM"),
        required=False,
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    activation_code = forms.CharField(
        label=_("Its activation code"),
        required=False,
        max_length=ACTIVATION_CODE_LENGTH_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: QueryDict | None, *, supply: Supply) -> None:
        super().__init__(data)
        self.delivered: Delivered | None = None
        renewed = (_RENEWED, _("The bundle was added to the eSIM being renewed"))
        self.fields["seen"] = forms.ChoiceField(
            label=_("What you found"),
            choices=[
                (_NOT_ORDERED, _("No such order: order again")),
                *([renewed] if supply.renewed_iccid else []),
                (_NEW, _("A new eSIM was delivered")),
            ],
            error_messages=dict.fromkeys(
                ("required", "invalid_choice"), _("Choose what you saw in the supplier's portal.")
            ),
            widget=forms.RadioSelect,
        )

    def clean(self) -> dict[str, Any]:
        """Require an eSIM if one was delivered; ignore the other fields."""
        given = self.cleaned_data
        if given.get("seen") == _RENEWED:
            self.delivered = Delivered(reference=given.get("reference", ""))
        elif given.get("seen") == _NEW:
            self._read_profile(given)
        return given

    def _read_profile(self, given: dict[str, Any]) -> None:
        code = iccid = ""
        try:
            code = parse_activation_code(given.get("activation_code", ""))
        except InvalidIdentifierError:
            self.add_error(
                "activation_code",
                _("An activation code has the form LPA:1$address$matching ID."),
            )
        try:
            iccid = parse_iccid(given.get("iccid", "").replace(" ", ""))
        except InvalidIdentifierError:
            self.add_error("iccid", _("An ICCID is 18 to 20 digits that begin with 89."))
        if not self.errors:
            self.delivered = Delivered(
                reference=given.get("reference", ""),
                profile=Profile(iccid=iccid, activation_code=code),
            )
