"""The built-in SM-DP+: its certificates and keys, and whom it trusts. All are read when it starts.

Without them there is none, and `limosa smdp` says so.
"""

from limosa.config.settings.reading import Subject
from limosa.foundation.network_variables import Addressees, AllowedWords, HeaderName, Oid
from limosa.foundation.variables import PORT_MAX, File, Number, Variable

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
        about="their revocation lists: files in PEM or DER, separated by commas. A manufacturer's "
        "certificate that is on one is refused. They are read when `limosa smdp` starts, as are "
        "all its certificates and keys: start it again to take up a new one",
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
        about="the certificate for TLS of both ports, followed by those between it and its issuer: "
        "a file in PEM. Its key must be on P-256 or P-384, or RSA, and it must be for the host of "
        "`LIMOSA_SMDP_ADDRESS`",
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
SMDP_OID = _subject.read(
    Variable(
        "LIMOSA_SMDP_OID",
        Oid(),
        about="its object identifier. It has to be the one in the certificates, and is the "
        "function requester identifier in what is told to operators",
        default_about="the certificates'; a worker that has none of them tells the address",
    )
)
SMDP_STALL_SECONDS = _subject.read(
    Variable(
        "LIMOSA_SMDP_STALL_SECONDS",
        Number(least=1),
        default="10",
        about="when a client is cut that stands still, in seconds: in the TLS handshake, before a "
        "request or in its head, in all of a body, and in reading an answer",
    )
)
SMDP_REQUESTS_OF_ADDRESS = _subject.read(
    Variable(
        "LIMOSA_SMDP_REQUESTS_OF_ADDRESS",
        Number(least=1),
        default="100",
        about="requests that one address may have open in each process; more are refused (HTTP "
        "429)",
    )
)
SMDP_SESSIONS_OF_EID = _subject.read(
    Variable(
        "LIMOSA_SMDP_SESSIONS_OF_EID",
        Number(),
        default="3000",
        about="sessions that one eUICC may begin in a minute, in each process; more are refused "
        "(1.2/3.7). 0: any number",
    )
)

_es2plus = Subject("Orders from the built-in SM-DP+ (ES2+)")
SMDP_ES2PLUS_PORT = _es2plus.read(
    Variable(
        "LIMOSA_SMDP_ES2PLUS_PORT",
        Number(most=PORT_MAX),
        default="0",
        about="the port at which operators order, beside that of the phones; `--es2plus-port` has "
        "precedence. 0: nobody orders by ES2+",
    )
)
SMDP_ES2PLUS_CLIENT_CA = _es2plus.read(
    Variable(
        "LIMOSA_SMDP_ES2PLUS_CLIENT_CA",
        File(),
        about="who issues the certificates that operators have to show: a file in PEM, with one "
        "certificate or several. Everybody with such a certificate may order, profiles of every "
        "type unless the next setting says otherwise",
        default_about="needed with that port, except with --plain-http",
    )
)
SMDP_ES2PLUS_TYPES = _es2plus.read(
    Variable(
        "LIMOSA_SMDP_ES2PLUS_TYPES",
        AllowedWords(),
        about="the profile types that operators may order: `NAME=TYPE,TYPE`, separated by blanks. "
        "The name is the common name of the subject of the certificate that they show, %-encoded "
        "where it has blanks; or, where they show none (--plain-http), their function requester "
        "identifier. `*` is for all who are not named; nothing after the sign: no type",
        default_about="everybody may order every type",
    )
)
SMDP_ES2PLUS_CERTIFICATE_HEADER = _es2plus.read(
    Variable(
        "LIMOSA_SMDP_ES2PLUS_CERTIFICATE_HEADER",
        HeaderName(),
        about="with --plain-http: the header in which the proxy passes the certificate that it has "
        "verified, such as `x-client-certificate`: in PEM, %-encoded (nginx: "
        "`$ssl_client_escaped_cert`). The proxy has to replace what clients send in it. Requests "
        "without a certificate there are refused (1.1/1.2)",
        default_about="operators differ by their function requester identifiers alone",
    )
)
SMDP_PROGRESS_URLS = _es2plus.read(
    Variable(
        "LIMOSA_SMDP_PROGRESS_URLS",
        Addressees(),
        about="where operators are told how their orders' downloads go "
        "(HandleDownloadProgressInfo): `IDENTIFIER=URL`, separated by blanks, each "
        "with its function requester identifier; one URL alone is told of all that was ordered by "
        "ES2+. Orders made by command are nobody's, and not told. A URL without a "
        "path gets that of the standard; `http` is for loopback only; a user name and a password "
        "in it are sent as such",
        default_about="this worker tells nobody; another may",
        is_secret=True,
    )
)
SMDP_PROGRESS_CERTIFICATE = _es2plus.read(
    Variable(
        "LIMOSA_SMDP_PROGRESS_CERTIFICATE",
        File(),
        about="the certificate that is shown to them: a file in PEM",
        default_about="none",
    )
)
SMDP_PROGRESS_KEY = _es2plus.read(
    Variable(
        "LIMOSA_SMDP_PROGRESS_KEY",
        File(),
        about="its private key: a file in PEM",
        is_secret=True,
    )
)
SMDP_PROGRESS_CA = _es2plus.read(
    Variable(
        "LIMOSA_SMDP_PROGRESS_CA",
        File(),
        about="who issues their certificates: a file in PEM",
        default_about="the issuers that browsers trust",
    )
)
