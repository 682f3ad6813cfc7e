"""The built-in SM-DP+: its certificates and keys, and whom it trusts.

Without them there is none, and `limosa smdp` says so.
"""

from limosa.config.settings.reading import Subject
from limosa.foundation.variables import File, Number, Variable

_subject = Subject("The built-in SM-DP+")
SMDP_CI_CERTIFICATES = _subject.read(
    Variable(
        "LIMOSA_SMDP_CI_CERTIFICATES",
        File(),
        about="the certificates of the issuers (CI) that eUICCs are trusted by: files in PEM, "
        "separated by commas, each with one or several",
    )
)
SMDP_CRLS = _subject.read(
    Variable(
        "LIMOSA_SMDP_CRLS",
        File(),
        about="their revocation lists: files in DER, separated by commas. A manufacturer's "
        "certificate that is on one is refused",
        default_about="nothing is revoked",
    )
)
SMDP_AUTHENTICATION_CERTIFICATES = _subject.read(
    Variable(
        "LIMOSA_SMDP_AUTHENTICATION_CERTIFICATES",
        File(),
        about="by which it authenticates (CERT.DPauth): files in PEM, separated by commas, one for "
        "each CI that issued one, P-256 and brainpoolP256r1 alike",
    )
)
SMDP_AUTHENTICATION_KEYS = _subject.read(
    Variable(
        "LIMOSA_SMDP_AUTHENTICATION_KEYS",
        File(),
        about="their private keys, in the same order: files in PEM",
        is_secret=True,
    )
)
SMDP_BINDING_CERTIFICATES = _subject.read(
    Variable(
        "LIMOSA_SMDP_BINDING_CERTIFICATES",
        File(),
        about="by which it binds profiles (CERT.DPpb): files in PEM, separated by commas, one for "
        "each CI, in the same order as those above",
    )
)
SMDP_BINDING_KEYS = _subject.read(
    Variable(
        "LIMOSA_SMDP_BINDING_KEYS",
        File(),
        about="their private keys, in the same order: files in PEM",
        is_secret=True,
    )
)
SMDP_TLS_CERTIFICATE = _subject.read(
    Variable(
        "LIMOSA_SMDP_TLS_CERTIFICATE",
        File(),
        about="the certificate for TLS, followed by those between it and its issuer: a file in "
        "PEM. Its key must be on P-256 or P-384, or RSA",
        default_about="needed, except with --plain-http",
    )
)
SMDP_TLS_KEY = _subject.read(
    Variable(
        "LIMOSA_SMDP_TLS_KEY",
        File(),
        about="its private key, in PEM without a password",
        is_secret=True,
        default_about="needed, except with --plain-http",
    )
)
SMDP_WORKERS = _subject.read(
    Variable("LIMOSA_SMDP_WORKERS", Number(), default="0", about="processes; 0: one per core")
)
