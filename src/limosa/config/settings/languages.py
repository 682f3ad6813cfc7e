"""Languages and time."""

from django.utils.translation import gettext_lazy as _

from limosa.config.settings.places import PACKAGE
from limosa.foundation import languages

USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [(language.code, _(language.name)) for language in languages.LANGUAGES]
LOCALE_PATHS = [PACKAGE / "locale"]
