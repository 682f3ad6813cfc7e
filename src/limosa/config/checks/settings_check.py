"""Settings that can be read, and yet would not do."""

import os
from collections.abc import Iterator
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from limosa.config.checks.finding import Finding, fault, warning
from limosa.config.settings.reading import PREFIX, unknown_names
from limosa.domain.payments.registry import provider_for

SECRET_LENGTH_MIN = 32
SECRET_LENGTH_NEEDED = 16
SECRET_LETTERS_MIN = 8  # 32 hexadecimal digits with fewer come by chance once in millions.
# The setting that turns a channel on, and what every other of its settings begins with.
CHANNELS = {
    "stripe": ("STRIPE_SECRET_KEY", "STRIPE_"),
    "paypal": ("PAYPAL_CLIENT_ID", "PAYPAL_"),
    "wechatpay": ("WECHATPAY_MCHID", "WECHATPAY_"),
    "alipay": ("ALIPAY_APP_ID", "ALIPAY_"),
}
# What else a channel can't do without.
NEEDED = {
    "stripe": ("STRIPE_ACCOUNT", "STRIPE_WEBHOOK_SECRET"),
    "paypal": ("PAYPAL_CLIENT_SECRET", "PAYPAL_MERCHANT_ID", "PAYPAL_WEBHOOK_ID"),
    "wechatpay": (
        "WECHATPAY_APPID",
        "WECHATPAY_APIV3_KEY",
        "WECHATPAY_CERT_SERIAL",
        "WECHATPAY_PRIVATE_KEY_FILE",
    ),
    "alipay": ("ALIPAY_SELLER_ID", "ALIPAY_PRIVATE_KEY_FILE", "ALIPAY_PUBLIC_KEY_FILE"),
}


def check_settings() -> Iterator[Finding]:
    """Yield what is wrong with the settings. Calls nobody outside."""
    for name in unknown_names():
        yield warning(f"{name} is no setting of Limosa's; is it misspelt?")
    yield from _keys()
    yield from _addresses()
    yield from _mail()
    yield from _folders()
    yield from _channels()


def _keys() -> Iterator[Finding]:
    for name in ("SECRET_KEY", "PIN_PEPPER", "USAGE_FEED_KEY"):
        value = os.environ.get(PREFIX + name, "")
        if value and len(value) < SECRET_LENGTH_MIN:
            yield warning(
                f"{PREFIX}{name} is shorter than {SECRET_LENGTH_MIN} characters and may be guessed."
            )
        elif value and (different := len(set(value))) < SECRET_LETTERS_MIN:
            yield warning(
                f"{PREFIX}{name} has only {different} different characters and may be guessed."
            )
    if len(settings.SECRET_KEY) < SECRET_LENGTH_NEEDED:
        yield fault(
            f"LIMOSA_SECRET_KEY is shorter than {SECRET_LENGTH_NEEDED} characters: whoever guesses "
            "it signs in as anybody. Make one with `openssl rand -base64 48`."
        )
    if not os.environ.get(f"{PREFIX}PIN_PEPPER"):
        yield warning(
            "LIMOSA_PIN_PEPPER is not set: payment PINs are hashed with LIMOSA_SECRET_KEY, which "
            "then can't be replaced. Set it before people set PINs."
        )
    if next(iter(settings.SEALING_KEYS)) == settings.STAND_IN_KEY:
        yield warning(
            "LIMOSA_SEALING_KEYS is not set: activation codes and saved methods are sealed under a "
            "key made from LIMOSA_SECRET_KEY, which then can't be replaced. Set it, then run "
            "`limosa seal rotate`; docs/howto/rotate-keys.md tells how."
        )


def _addresses() -> Iterator[Finding]:
    host = urlsplit(settings.BASE_URL).hostname or ""
    is_local = _is_loopback(host)
    if "*" in settings.ALLOWED_HOSTS and not settings.DEMO_SCAN_URL:
        yield warning(
            "LIMOSA_ALLOWED_HOSTS is *: whoever asks chooses the host name. Name the host of "
            "LIMOSA_BASE_URL."
        )
    if host not in settings.ALLOWED_HOSTS and "*" not in settings.ALLOWED_HOSTS:
        yield fault(f"LIMOSA_ALLOWED_HOSTS does not name {host}, the host of LIMOSA_BASE_URL.")
    if not is_local and not settings.IS_SECURE:
        yield warning("LIMOSA_BASE_URL is not https: passwords and cookies go in the clear.")
    if not is_local and not settings.TRUSTED_PROXIES:
        yield warning(
            "LIMOSA_TRUSTED_PROXIES is not set: behind a proxy all people have its address and "
            "share its limits."
        )
    if not is_local and settings.DEBUG:
        yield fault("LIMOSA_DEBUG is 1 at a public address: it shows settings to strangers.")


def _is_loopback(host: str | None) -> bool:
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


def _mail() -> Iterator[Finding]:
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    try:
        validate_email(address)
    except ValidationError:
        yield fault("LIMOSA_EMAIL_FROM must be an address, such as Limosa <hello@example.com>.")


def _folders() -> Iterator[Finding]:
    if settings.WHITENOISE_USE_FINDERS and not _is_loopback(urlsplit(settings.BASE_URL).hostname):
        yield warning(
            "LIMOSA_STATIC_ROOT is not set: browsers ask for each style sheet and script again. "
            "Name a folder, and run `django-admin collectstatic`."
        )
    gathered = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not settings.WHITENOISE_USE_FINDERS and not gathered.is_file():
        yield fault(
            f"LIMOSA_STATIC_ROOT: {settings.STATIC_ROOT} holds no style sheets; run "
            "`django-admin collectstatic`."
        )
    folder = settings.PAYPAL["certificate_folder"]
    if "paypal" in settings.PAYMENT_PROVIDERS and not folder:
        yield warning(
            "LIMOSA_PAYPAL_CERTIFICATE_FOLDER is not set: PayPal's certificate is not kept, and "
            "the first notification after each start waits until it is fetched. Name a folder."
        )
    if folder and not _can_be_written(Path(folder)):
        yield fault(f"LIMOSA_PAYPAL_CERTIFICATE_FOLDER: {folder} can't be written to.")


def _can_be_written(folder: Path) -> bool:
    """Whether files can be put there; a folder that is not there yet is made when one is."""
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def _channels() -> Iterator[Finding]:
    for code, (first, beginning) in CHANNELS.items():
        others = [
            name
            for name in os.environ
            if name.startswith(PREFIX + beginning) and name != PREFIX + first and os.environ[name]
        ]
        if code in settings.PAYMENT_PROVIDERS:
            yield from _channel(code)
        elif others:
            yield warning(
                f"{PREFIX}{first} is not set, so {', '.join(sorted(others))} has no effect and "
                f"{code} is not offered."
            )


def _channel(code: str) -> Iterator[Finding]:
    """Yield a fault for each setting that a channel lacks; else what is wrong with the first."""
    missing = [name for name in NEEDED.get(code, ()) if not os.environ.get(PREFIX + name)]
    if code == "wechatpay":
        missing += _missing_platform_key()
    for name in missing:
        yield fault(f"{PREFIX}{name} is not set, and {code} needs it.")
    if not missing:
        try:
            provider_for(code)
        except ImproperlyConfigured as error:
            yield fault(str(error))


def _missing_platform_key() -> list[str]:
    """Return what is missing of WeChat Pay's public key; its certificates do in place of both."""
    names = ("WECHATPAY_PUBLIC_KEY_ID", "WECHATPAY_PUBLIC_KEY_FILE")
    missing = [name for name in names if not os.environ.get(PREFIX + name)]
    has_certificates = bool(os.environ.get(f"{PREFIX}WECHATPAY_PLATFORM_CERT_FILES"))
    return [] if has_certificates and len(missing) == len(names) else missing
