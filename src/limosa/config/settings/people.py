"""Accounts and signing in."""

from limosa.config.settings.basics import IS_SECURE

AUTH_USER_MODEL = "accounts.Subscriber"
AUTHENTICATION_BACKENDS = ["limosa.domain.accounts.sign_in.ConfirmedAddressBackend"]
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
ACCOUNT_ADAPTER = "limosa.web.storefront.account_adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Guessing is limited by counts in our own table (web/storefront/attempts.py), by account, address
# and device, and so is mail (engine/mail_rules.py). allauth's counts don't distinguish devices,
# and strangers can use them up.
# device; so is mail (engine/mail_rules.py). allauth's counts know no devices, and strangers can use
# them up.
ACCOUNT_RATE_LIMITS = {
    "change_password": None,
    "confirm_email": None,
    "manage_email": None,
    "reset_password": None,
    "reauthenticate": None,
    "reset_password_from_key": None,
    "signup": None,
    "login": None,
    "login_failed": None,
}
ACCOUNT_FORMS = {
    "signup": "limosa.web.storefront.account_forms.SignUpForm",
    "reset_password": "limosa.web.storefront.account_forms.LinkForm",
    "reset_password_from_key": "limosa.web.storefront.account_forms.NewPasswordForm",
}
# These belong together. With an unconfirmed address nothing is possible except confirming it, and
# only the session that requested a code can use it, so signing up with somebody else's address
# gains nothing. An account has one address, which remains until the code for the next one is
# entered, and the old address is notified. A stolen session alone can't change any of this.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True
# Reading the address's mail proves more than knowing the password, so a password limit used up by
# strangers does not keep the owner out. A second step is still required.
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_SECURE else "http"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
# The second step at sign-in; the console requires one from all staff.
MFA_ADAPTER = "limosa.web.second_step.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Limosa"
MFA_WEBAUTHN_USER_VERIFICATION = "required"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
