"""Languages and time."""

from django.utils.translation import gettext_lazy as _

from limosa.config.settings.places import PACKAGE

USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("zh-hans", _("Simplified Chinese")),
    ("zh-hant", _("Traditional Chinese")),
    ("en", _("English")),
    ("es", _("Spanish")),
]
LOCALE_PATHS = [PACKAGE / "locale"]
