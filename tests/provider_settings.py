"""The settings of payment providers, as a test changes them."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings


def given_to(code: str, values: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return settings.PROVIDER_SETTINGS with these values for one provider."""
    return {**settings.PROVIDER_SETTINGS, code: values}


def changed_for(code: str, values: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return settings.PROVIDER_SETTINGS in which one provider has these values beside its own."""
    return given_to(code, {**settings.PROVIDER_SETTINGS[code], **values})
