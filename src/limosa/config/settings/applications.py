"""Django's applications, middleware and templates."""

from limosa.config.settings.places import PACKAGE

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
    "allauth.mfa",
    "procrastinate.contrib.django",
    "limosa.domain.accounts",
    "limosa.domain.notifications",
    "limosa.domain.catalog",
    "limosa.domain.coverage",
    "limosa.domain.search",
    "limosa.domain.esims",
    "limosa.domain.ledger",
    "limosa.domain.connectivity",
    "limosa.domain.wholesale",
    "limosa.domain.payables",
    "limosa.domain.promotions",
    "limosa.domain.redemption",
    "limosa.domain.wallets",
    "limosa.domain.charging",
    "limosa.domain.payments",
    "limosa.domain.rsp",
    "limosa.domain.ordering",
    "limosa.domain.renewals",
    "limosa.domain.autorenewal",
    "limosa.domain.ratings",
    "limosa.domain.support",
    "limosa.domain.track_record",
    "limosa.web.storefront",
    "limosa.web.console",
]
MIDDLEWARE = [
    # First what applies to every response, including the gate's and static files.
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "limosa.web.answers.PrivateAnswers",
    "limosa.web.compression.OpenPagesCompressed",
    "limosa.web.gate.RequestGate",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "limosa.web.storefront.kept_pages.PersonHeader",
    "limosa.web.storefront.languages.PersonLanguageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "limosa.web.console.staff_sessions.StaffSessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "limosa.web.storefront.attempts.AttemptsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
DEFAULT_EXCEPTION_REPORTER = "limosa.config.error_page.CarefulReporter"
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
                "limosa.web.console.service_zone.service_zone",
            ],
        },
    }
]
