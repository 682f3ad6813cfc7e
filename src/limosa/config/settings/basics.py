"""Keys, and the address that the service is reached at."""

from urllib.parse import urlsplit

from limosa.config.settings.reading import (
    note_fault,
    read_flag,
    read_named_keys,
    read_text,
    read_url,
)
from limosa.foundation.keys import key_from

DEBUG = read_flag("DEBUG")
SECRET_KEY = read_text("SECRET_KEY")
if not SECRET_KEY:
    note_fault(
        "SECRET_KEY",
        "is not set. Give it a long random text, the same for every process; `limosa demo` makes "
        "one by itself.",
    )
SEALING_KEYS = read_named_keys(
    "SEALING_KEYS", stand_in=key_from(SECRET_KEY, purpose="sealing")
)  # The first seals, all of them open.
PIN_PEPPER_KEY = key_from(read_text("PIN_PEPPER") or SECRET_KEY, purpose="payment-pin")
BASE_URL = read_url("BASE_URL", "http://127.0.0.1:8000", ("http", "https")).rstrip("/")
ALLOWED_HOSTS = [
    host
    for host in read_text("ALLOWED_HOSTS", urlsplit(BASE_URL).hostname or "").split(",")
    if host
]
if urlsplit(BASE_URL).path or urlsplit(BASE_URL).fragment or urlsplit(BASE_URL).username:
    note_fault(
        "BASE_URL",
        "must be an origin such as https://esim.example.com: pages are served at its root, not "
        "below a path.",
    )
CSRF_TRUSTED_ORIGINS = [BASE_URL]
IS_SECURE = BASE_URL.startswith("https://")
