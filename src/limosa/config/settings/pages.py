"""Pages: style sheets, sessions, and headers for browsers."""

from pathlib import Path

from csp.constants import NONE, SELF

from limosa.config.settings.basics import IS_SECURE
from limosa.config.settings.places import PACKAGE
from limosa.config.settings.reading import Subject
from limosa.foundation.variables import Choice, Text, Variable

STATIC_URL = "/static/"
_pages = Subject("Pages")
_collected = _pages.read(
    Variable(
        "LIMOSA_STATIC_ROOT",
        Text(),
        about="folder for the collected style sheets and scripts; a deployment should set it, and "
        "`limosa check` warns otherwise",
    )
)
STATIC_ROOT = Path(_collected or PACKAGE / "staticfiles")
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
# If a folder is set, `collectstatic` fills it: file names then contain a digest and are cached
# forever. Otherwise files are served from where they are.
_is_collected = bool(_collected)
MAP_VIEW = _pages.read(
    Variable(
        "LIMOSA_MAPS",
        Choice(("dashed", "solid", "hidden", "none")),
        default="dashed",
        about="how maps draw borders in dispute: `dashed`, `solid` as any other, `hidden`; `none`: "
        "pages have no maps, and say all in their lists",
    )
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _is_collected
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not _is_collected
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SESSION_ENGINE = "limosa.web.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_AGE = 60 * 60 * 24 * 90
SECURE_HSTS_SECONDS = 31_536_000 if IS_SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
if IS_SECURE:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
