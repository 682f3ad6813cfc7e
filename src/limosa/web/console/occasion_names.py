"""The names of holidays in our languages, and a promotion for one."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from limosa.domain.promotions.engine.occasions import Occasion
from limosa.foundation.languages import LANGUAGES

NAMES: dict[str, Promise] = {
    "new-year": _("New Year"),
    "lunar-new-year": _("Lunar New Year"),
    "valentines-day": _("Valentine's Day"),
    "labour-day": _("Labour Day holiday"),
    "dragon-boat": _("Dragon Boat Festival"),
    "independence-day": _("Independence Day"),
    "mid-autumn": _("Mid-Autumn Festival"),
    "golden-week": _("Golden Week"),
    "singles-day": _("Singles' Day"),
    "thanksgiving": _("Thanksgiving"),
    "christmas": _("Christmas"),
}


def filled_for(occasion: Occasion) -> dict[str, Any]:
    """Return the fields of a promotion for a holiday; what it gives is left to the staff."""
    names = {}
    for language in LANGUAGES:
        with override(language.code):
            names[f"name_{language.code}"] = str(NAMES[occasion.key])
    return {
        "code": occasion.code,
        "first_day": occasion.first_day.isoformat(),
        "last_day": occasion.last_day.isoformat(),
        **names,
    }
