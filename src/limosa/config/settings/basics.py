"""Keys, and the address of the service."""

from urllib.parse import urlsplit

from limosa.config.settings.reading import Subject, note_fault
from limosa.foundation.keys import key_from
from limosa.foundation.variables import Flag, Keys, RandomText, Url, Variable, Words

STAND_IN_KEY = "secret-key"
_keys = Subject("Keys")
SECRET_KEY = _keys.read(
    Variable(
        "LIMOSA_SECRET_KEY",
        RandomText(),
        is_secret=True,
        is_needed=True,
        about="a long random text, the same for every process; with fewer than 16 characters "
        "nothing starts",
        default_about="none: needed",
        source="`openssl rand -base64 48` makes one, and `limosa demo` does so by itself",
    )
)
ENCRYPTION_KEYS = _keys.read(
    Variable(
        "LIMOSA_ENCRYPTION_KEYS",
        Keys(),
        is_secret=True,
        about="`id:key,id:key`, each key 32 random bytes in base64: the first encrypts activation "
        "codes and saved methods, all of them decrypt; see docs/howto/rotate-keys.md",
        default_about="derived from the secret key, with a warning at startup",
        unset_warning="activation codes and saved methods are encrypted under a key made from "
        "LIMOSA_SECRET_KEY, which then can't be replaced. Set it, then run `limosa keys rotate`; "
        "docs/howto/rotate-keys.md tells how.",
    )
) | {
    STAND_IN_KEY: key_from(SECRET_KEY, purpose="encrypting")
}  # The first encrypts, all of them decrypt.
_pin_pepper = _keys.read(
    Variable(
        "LIMOSA_PIN_PEPPER",
        RandomText(),
        is_secret=True,
        about="a long random text: payment PINs are hashed with it, and changing it invalidates "
        "them all. Set it before people set PINs, so that the secret key can change without it",
        default_about="derived from the secret key, with a warning at startup",
        unset_warning="payment PINs are hashed with LIMOSA_SECRET_KEY, which then can't be "
        "replaced. Set it before people set PINs.",
    )
)
PIN_PEPPER_KEY = key_from(_pin_pepper or SECRET_KEY, purpose="payment-pin")

_addresses = Subject("Addresses")
_base_url = _addresses.read(
    Variable(
        "LIMOSA_BASE_URL",
        Url(),
        default="http://127.0.0.1:8000",
        about="the origin that people and providers reach, such as `https://esim.example.com`, "
        "without a path; https enables secure cookies",
    )
)
BASE_URL = _base_url.rstrip("/").lower()  # As browsers write an origin.
ALLOWED_HOSTS = _addresses.read(
    Variable(
        "LIMOSA_ALLOWED_HOSTS",
        Words(),
        default_about="the base URL's host",
        about="host names, separated by commas; `*` allows any, with a warning",
    ),
    default=urlsplit(BASE_URL).hostname or "",
)
if urlsplit(BASE_URL).path or urlsplit(BASE_URL).fragment or urlsplit(BASE_URL).username:
    note_fault(
        "LIMOSA_BASE_URL",
        "must be an origin such as https://esim.example.com: pages are served at its root, not "
        "below a path.",
    )
CSRF_TRUSTED_ORIGINS = [BASE_URL]
IS_SECURE = BASE_URL.startswith("https://")
DEBUG = _addresses.read(
    Variable("LIMOSA_DEBUG", Flag(), default="0", about="`1` for development only")
)
