"""Settings, from the environment. Each variable is described in docs/reference/settings.md.

A value that cannot be used stops the start with its name and what to do.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from limosa.foundation.keys import key_from, read_keys

STAND_IN_KEY = "secret-key"
PACKAGE = Path(__file__).resolve().parents[1]


def _text(name: str, default: str = "") -> str:
    return os.environ.get(f"LIMOSA_{name}", default)


def _flag(name: str) -> bool:
    value = _text(name, "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"LIMOSA_{name} must be 0 or 1, not {value!r}.")
    return value == "1"


def _number(name: str, default: int) -> int:
    value = _text(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"LIMOSA_{name} must be a whole number, not {value!r}.")
    return int(value)


def _keys(name: str) -> dict[str, bytes]:
    """Return the keys of a setting, and last the one that stands in while none are set."""
    text = _text(name)
    try:
        keys = read_keys(text) if text else {}
    except ValueError as error:
        raise ImproperlyConfigured(f"LIMOSA_{name} can't be used: {error}.") from error
    return keys | {STAND_IN_KEY: key_from(SECRET_KEY, purpose="sealing")}


def _limits(name: str, default: str) -> dict[str, int]:
    """Return {currency: minor units} of a text such as "USD:5000 CNY:35000"."""
    limits = {}
    for word in _text(name, default).split():
        currency, _, minor = word.partition(":")
        if len(currency) != 3 or not currency.isupper() or not minor.isdecimal():
            raise ImproperlyConfigured(
                f"LIMOSA_{name} must be like USD:5000 CNY:35000, in minor units, not {word!r}."
            )
        limits[currency] = int(minor)
    return limits


def _database(url: str) -> dict[str, Any]:
    """Return Django's settings for postgresql://user:password@host:port/name?host=/socket/folder."""
    parsed = urlsplit(url)
    if parsed.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://")
    query = dict(item.partition("=")[::2] for item in parsed.query.split("&") if item)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parsed.path.lstrip("/"),
        "USER": unquote(parsed.username or ""),
        "PASSWORD": unquote(parsed.password or ""),
        "HOST": unquote(query.get("host", parsed.hostname or "")),
        "PORT": str(query.get("port", parsed.port or "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # A statement is planned once per connection: a fifth of a renewal's CPU (ADR 6).
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 2},
    }


DEBUG = _flag("DEBUG")
SECRET_KEY = _text("SECRET_KEY")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "LIMOSA_SECRET_KEY is not set. Give it a long random text, the same for every process; "
        "`limosa demo` makes one by itself."
    )
SEALING_KEYS = _keys("SEALING_KEYS")  # The first seals, all of them open.
PIN_PEPPER_KEY = key_from(_text("PIN_PEPPER") or SECRET_KEY, purpose="payment-pin")
DATABASES = {"default": _database(os.environ.get("DATABASE_URL", "postgresql:///limosa"))}
BASE_URL = _text("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = [
    host for host in _text("ALLOWED_HOSTS", urlsplit(BASE_URL).hostname or "").split(",") if host
]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
IS_SECURE = BASE_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "procrastinate.contrib.django",
    "limosa.domain.accounts",
    "limosa.domain.notifications",
    "limosa.domain.catalog",
    "limosa.domain.esims",
    "limosa.domain.ledger",
    "limosa.domain.connectivity",
    "limosa.domain.promotions",
    "limosa.domain.charging",
    "limosa.domain.payments",
    "limosa.domain.ordering",
    "limosa.domain.renewals",
    "limosa.domain.support",
    "limosa.web.storefront",
    "limosa.web.console",
    "limosa.web.feeds",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "limosa.web.storefront.languages.PersonLanguageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "limosa.config.urls"
WSGI_APPLICATION = "limosa.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# People
AUTH_USER_MODEL = "accounts.Subscriber"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_FORMS = {"signup": "limosa.web.storefront.forms.SignUpForm"}
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_SECURE else "http"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

# Languages
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

# Pages
STATIC_URL = "/static/"
STATIC_ROOT = Path(_text("STATIC_ROOT", str(PACKAGE / "staticfiles")))
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
# A folder of its own means that `collectstatic` fills it: files then have their digest in their
# name and are cached for ever. Without one they come from where they lie.
_is_collected = bool(_text("STATIC_ROOT"))
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

# Mail
_mail = urlsplit(_text("EMAIL_URL", "smtp://127.0.0.1:25"))
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = _mail.hostname or "127.0.0.1"
EMAIL_PORT = _mail.port or 25
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = _text("EMAIL_FROM", "Limosa <hello@limosa.example>")

# Payments
# The wallet is not among them: it is our own books, and is settled by ordering.
PAYMENT_PROVIDERS: dict[str, str] = {}
# A simulated gateway, where a person without the app pays a code: below it, `PROVIDER/scan`. Empty
# outside a demo.
DEMO_SCAN_URL = _text("DEMO_SCAN_URL").rstrip("/")
WECHATPAY = {
    "mchid": _text("WECHATPAY_MCHID"),
    "appid": _text("WECHATPAY_APPID"),
    "api_v3_key": _text("WECHATPAY_APIV3_KEY"),
    "certificate_serial": _text("WECHATPAY_CERT_SERIAL"),
    "private_key_file": _text("WECHATPAY_PRIVATE_KEY_FILE"),
    "platform_public_key_file": _text("WECHATPAY_PUBLIC_KEY_FILE"),
    "platform_public_key_id": _text("WECHATPAY_PUBLIC_KEY_ID"),
    "platform_certificate_files": _text("WECHATPAY_PLATFORM_CERT_FILES"),
    "gateway_url": _text("WECHATPAY_GATEWAY_URL", "https://api.mch.weixin.qq.com"),
    "app_secret": _text("WECHATPAY_APP_SECRET"),
    "open_url": _text("WECHATPAY_OPEN_URL", "https://open.weixin.qq.com"),
    "api_url": _text("WECHATPAY_API_URL", "https://api.weixin.qq.com"),
}
if WECHATPAY["mchid"]:
    PAYMENT_PROVIDERS["wechatpay"] = (
        "limosa.domain.payments.providers.wechatpay.provider.WeChatPayProvider"
    )
STRIPE = {
    "account": _text("STRIPE_ACCOUNT"),
    "secret_key": _text("STRIPE_SECRET_KEY"),
    "webhook_secret": _text("STRIPE_WEBHOOK_SECRET"),
    "api_url": _text("STRIPE_API_URL", "https://api.stripe.com"),
}
if STRIPE["secret_key"]:
    PAYMENT_PROVIDERS["stripe"] = "limosa.domain.payments.providers.stripe.provider.StripeProvider"
PAYPAL = {
    "client_id": _text("PAYPAL_CLIENT_ID"),
    "client_secret": _text("PAYPAL_CLIENT_SECRET"),
    "merchant_id": _text("PAYPAL_MERCHANT_ID"),
    "webhook_id": _text("PAYPAL_WEBHOOK_ID"),
    "api_url": _text("PAYPAL_API_URL", "https://api-m.paypal.com"),
    "certificate_url": _text(
        "PAYPAL_CERTIFICATE_URL", "https://api.paypal.com/v1/notifications/certs/"
    ),
    "certificate_name": _text("PAYPAL_CERTIFICATE_NAME", "messageverificationcerts.paypal.com"),
    "certificate_folder": _text("PAYPAL_CERTIFICATE_FOLDER"),
    "ca_file": _text("PAYPAL_CA_FILE"),
}
if PAYPAL["client_id"]:
    PAYMENT_PROVIDERS["paypal"] = "limosa.domain.payments.providers.paypal.provider.PayPalProvider"
ALIPAY = {
    "app_id": _text("ALIPAY_APP_ID"),
    "seller_id": _text("ALIPAY_SELLER_ID"),
    "private_key_file": _text("ALIPAY_PRIVATE_KEY_FILE"),
    "platform_public_key_file": _text("ALIPAY_PUBLIC_KEY_FILE"),
    "gateway_url": _text("ALIPAY_GATEWAY_URL", "https://openapi.alipay.com/gateway.do"),
}
if ALIPAY["app_id"]:
    PAYMENT_PROVIDERS["alipay"] = "limosa.domain.payments.providers.alipay.provider.AlipayProvider"
# What one member of the staff may give back of a payment, in minor units; over it two sign.
REFUND_LIMITS = _limits("REFUND_LIMITS", "USD:5000 CNY:35000 EUR:5000")
SUPPLIER_ADAPTERS = {"own_network": "limosa.domain.connectivity.suppliers.own_network.OwnNetwork"}
SMDP_ADDRESS = _text("SMDP_ADDRESS", "smdp.limosa.example")
SERVICE_TIME_ZONE = _text("SERVICE_TIME_ZONE", "America/Los_Angeles")
PLACE_OF_SUPPLY = _text("PLACE_OF_SUPPLY", "US-CA")
USAGE_FEED_KEY = _text("USAGE_FEED_KEY")

# Processes
WEB_WORKERS = _number("WEB_WORKERS", 0)  # 0: one per core.
WEB_THREADS = _number("WEB_THREADS", 4)  # Pages at a time in each; one may wait for a provider.
WORKER_CONCURRENCY = _number("WORKER_CONCURRENCY", 4)

# Logs carry ids only: no ICCID, no payload. Should a library quote one of these, it is blotted out.
_secrets = [
    SECRET_KEY,
    _text("PIN_PEPPER"),
    *(key.partition(":")[2] for key in _text("SEALING_KEYS").split(",")),
    DATABASES["default"]["PASSWORD"],
    EMAIL_HOST_PASSWORD,
    WECHATPAY["api_v3_key"],
    WECHATPAY["app_secret"],
    PAYPAL["client_secret"],
    STRIPE["secret_key"],
    STRIPE["webhook_secret"],
    USAGE_FEED_KEY,
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "limosa.config.log_format.CarefulFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
            "secrets": _secrets,
        }
    },
    "handlers": {"standard_error": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["standard_error"], "level": _text("LOG_LEVEL", "INFO")},
    "loggers": {
        "procrastinate": {"level": "WARNING"},  # Else two lines per job.
        "stripe": {"level": "WARNING"},  # Else two lines per call; at DEBUG with all that is sent.
    },
}
