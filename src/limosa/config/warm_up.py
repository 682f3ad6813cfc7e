"""Loads before a process is ready what its first page would otherwise wait for."""

from pathlib import Path

from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation

import limosa
from limosa.domain.coverage.shipped_operators import shipped_operators
from limosa.domain.coverage.shipped_places import shipped_countries

PACKAGE = Path(limosa.__file__).parent


def warm_up() -> None:
    """Load the table of URLs with all its views, the languages' translations, our templates, and
    the lists of places and operators."""
    shipped_countries()
    shipped_operators()
    reverse("home")
    for code, _ in settings.LANGUAGES:
        with translation.override(code):
            translation.gettext("Page not found")
    for folder in PACKAGE.rglob("templates"):
        for file in folder.rglob("*.*"):
            get_template(str(file.relative_to(folder)))
