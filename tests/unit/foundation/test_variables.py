"""A declared variable: what its kind takes, what of it is secret, and what belongs together."""

from typing import Any

import pytest

from limosa.foundation.network_variables import (
    Addressees,
    AllowedWords,
    HeaderName,
    Oid,
    SecureUrl,
)
from limosa.foundation.variables import (
    AddressRanges,
    Choice,
    Declaration,
    File,
    Flag,
    HostName,
    Keys,
    Kind,
    Limits,
    Number,
    RandomText,
    Sender,
    Text,
    Url,
    Variable,
    Words,
    Zone,
)

NO_HOST = "must name a host, with a port from 1 to 65535 or none."
HOST_NAME = "must be a host's name, such as smdp.example.com or smdp.example.com:8443, not"
ONE_ADDRESS = "must be one address, such as Limosa <hello@example.com>, not"
NO_SENDERS = ("foo", "a@x.example, b@x.example", "Limosa <a@x>", "Limosa <a@x.example>, b")
EVERYTHING = "every address there is: anyone could then claim any."
CONTENT = "holds the key itself: write it to a file, and give the file's path."
BLANK = "has a blank or a line's end before or after its text: remove it."
BAD_PORTS = ("x:", "x:0", "x:65536", "x:44a", "x:1:2", ":443")
LOOPBACK = "must begin with https://, except for 127.0.0.1 and localhost."
ENCODED = (
    "has a user name or a password that must be percent-encoded: write / as %2F, ? as %3F, # as "
    "%23, @ as %40."
)
KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Text(), "as it is ", "as it is "),
        (File(), "/a.pem, /b.pem", "/a.pem, /b.pem"),
        (Url(), "HTTPS://Host/Path", "https://Host/Path"),
        (Url(("smtp",)), "smtp://u:p%2Fw%231@host", "smtp://u:p%2Fw%231@host"),
        (HostName(), "SMDP.GSMA-1.com", "SMDP.GSMA-1.com"),
        (HostName(), "smdp.example.com:8443", "smdp.example.com:8443"),
        (HeaderName(), "X-Client-Certificate", "x-client-certificate"),
        (HeaderName(), "", ""),
        (Oid(), "2.999.10", "2.999.10"),
        (Oid(), "", ""),
        (Addressees(), "", {}),
        (Addressees(), "https://a.example", {"": "https://a.example"}),
        (Addressees(), "http://[::1]:9 ", {"": "http://[::1]:9"}),
        (
            Addressees(),
            "1.2=https://u:p@a.example/x 3.4=http://localhost:9",
            {"1.2": "https://u:p@a.example/x", "3.4": "http://localhost:9"},
        ),
        (AllowedWords(), "", {}),
        (
            AllowedWords(),
            "op-1=lab,travel Our%20lab=lab, *=",
            {"op-1": {"lab", "travel"}, "Our lab": {"lab"}, "*": set()},
        ),
        (Number(most=9), "9", 9),
        (Sender(), "Limosa 续航 <hello@example.com>", "Limosa 续航 <hello@example.com>"),
        (Sender(), "hello@example.com", "hello@example.com"),
        (Flag(), "1", True),
        (Flag(), "0", False),
        (Number(least=2), "2", 2),
        (Choice(("line", "json")), "JSON", "json"),
        (Url(), "https://host:8/path", "https://host:8/path"),
        (Url(("smtp",)), "smtp://a:b@host", "smtp://a:b@host"),
        (Url(), "", ""),
        (Words(), "a,,b", ["a", "b"]),
        (Zone("UTC"), "Asia/Shanghai", "Asia/Shanghai"),
        (Limits(), "USD:5 CNY:0", {"USD": 5, "CNY": 0}),
        (AddressRanges(), "", ()),
        (Keys(), "", {}),
        (Keys(), f"2026:{KEY}", {"2026": b"0123456789abcdef0123456789abcdef"}),
    ],
)
def test_a_kind_takes_what_it_is_for(kind: Kind[Any], text: str, value: object) -> None:
    assert kind.parse(text) == value


@pytest.mark.parametrize(
    ("kind", "text", "faults"),
    [
        (Flag(), "yes", ["must be 0 or 1, not 'yes'."]),
        (Number(), "two", ["must be a whole number, not 'two'."]),
        (Number(), "２", ["must be a whole number, not '２'."]),
        (Number(least=1), "0", ["must be 1 or more, not 0."]),
        (Choice(("line", "json")), "xml", ["must be one of line, json, not 'xml'."]),
        (Number(), "-1", ["must be 0 or more, not -1."]),
        (Number(), "9" * 5000, [f"must be a whole number, not '{'9' * 5000}'."]),
        (Url(), "ftp://host", ["must begin with http:// or https://."]),
        (Url(), "host", ["must begin with http:// or https://."]),
        *((Url(), f"https://{host}", [NO_HOST]) for host in ("", "h:port", "h:99999", "h:0", "[")),
        (Url(), "https://host?a=b", ["must have no query, which begins with a question mark."]),
        (Url(), "https://ho st", ["must contain no blanks."]),
        (Url(), "https://host\t/", ["must contain no blanks."]),
        *((Url(("smtp",)), f"smtp://u:{pw}@h:25", [ENCODED]) for pw in ("p/w#1", "1/2", "p?w")),
        (HostName(), "x$y", [f"{HOST_NAME} 'x$y'."]),
        (HostName(), "http://x", [f"{HOST_NAME} 'http://x'."]),
        (HostName(), "a b", [f"{HOST_NAME} 'a b'."]),
        *((HostName(), text, [f"{HOST_NAME} {text!r}."]) for text in BAD_PORTS),
        (HostName(), "smdp..example", [f"{HOST_NAME} 'smdp..example'."]),
        *((Sender(), text, [f"{ONE_ADDRESS} {text!r}."]) for text in NO_SENDERS),
        (AddressRanges(), "10.0.0.0/8, 0.0.0.0/0", [f"must not be 0.0.0.0/0, {EVERYTHING}"]),
        (AddressRanges(), "::/0", [f"must not be ::/0, {EVERYTHING}"]),
        (
            HeaderName(),
            "a b",
            ["must be a header's name, such as x-client-certificate, not 'a b'."],
        ),
        (Oid(), "2.x", ["must be an object identifier, such as 2.999.10, not '2.x'."]),
        (Number(most=9), "10", ["must be 9 or less, not 10."]),
        *(
            (kind, f"http://{host}", [LOOPBACK])
            for kind in (Addressees(), SecureUrl())
            for host in ("a.example", "127.evil.example", "10.0.0.1")
        ),
        (Addressees(), "a=https://a.example a=https://b.example", ["names a twice."]),
        (
            Addressees(),
            "https://a.example a=https://b.example",
            ["must name each, or be one URL alone."],
        ),
        (AllowedWords(), "op-1", ["must be NAME=ONE,TWO, separated by blanks, not 'op-1'."]),
        (AllowedWords(), "=lab", ["must be NAME=ONE,TWO, separated by blanks, not '=lab'."]),
        (AllowedWords(), "a=lab %61=lab", ["names a twice."]),
        (Addressees(), "nothing", ["must be URLs, each by NAME=URL, or one alone."]),
        (Addressees(), "a=ftp://b", ["must begin with http:// or https://."]),
        (Limits(), "USD:1 USD:2", ["names USD twice."]),
        (Limits(), "USX:1", ["names USX, which is no currency of ISO 4217."]),
        (File(), "-----BEGIN PRIVATE KEY-----", [CONTENT]),
        (File(), "/keys/one.pem\n", [CONTENT]),
        (File(), "/keys/one.pem," + "x" * 256, [CONTENT]),
        (Text(), " text", [BLANK]),
        (Text(), "text\n", [BLANK]),
        (Text(), "caf\udce9", ["must be text in UTF-8."]),
        (Zone("Asia/Tokyo"), "Mars", ["must be a time zone such as Asia/Tokyo, not 'Mars'."]),
        (
            Limits(),
            "USD:1 EUR cny:1",
            [
                "must be like USD:5000 CNY:35000, in minor units, not 'EUR'.",
                "must be like USD:5000 CNY:35000, in minor units, not 'cny:1'.",
            ],
        ),
        (
            AddressRanges(),
            "nginx",
            ["can't be used: 'nginx' does not appear to be an IPv4 or IPv6 network."],
        ),
        (Keys(), "a b:c", ["can't be used: key 1 has no id of 1 to 16 letters, digits, - or _."]),
    ],
)
def test_every_fault_is_a_sentence(kind: Kind[Any], text: str, faults: list[str]) -> None:
    assert Variable("LIMOSA_X", kind, about="").faults_of(text) == faults
    shown = Variable("LIMOSA_X", kind, about="").secrets_in(text) == []
    assert shown == (not isinstance(kind, File))


@pytest.mark.parametrize(
    ("kind", "text", "secrets"),
    [
        (RandomText(), "a, b", ["a, b"]),
        (Text(between=","), "a, b", ["a", "b"]),
        (Text(), "", []),
        (Number(), "12", ["12"]),
        (Keys(), "new:a,old:b", ["a", "b"]),
        (File(), "/keys/one.pem", []),
        (File(), "-----BEGIN\nMIIE", ["-----BEGIN\nMIIE", "-----BEGIN", "MIIE"]),
        (Keys(), "caf\udce9:a", ["caf\udce9:a"]),
        (Url(), "https://u:p%40ss@host", ["p%40ss", "p@ss"]),
        (Url(), "https://host", []),
        (Url(), "http://[", []),
    ],
)
def test_of_a_secret_the_parts_are_known_that_may_not_be_shown(
    kind: Kind[Any], text: str, secrets: list[str]
) -> None:
    assert Variable("LIMOSA_X", kind, about="", is_secret=True).secrets_in(text) == secrets


@pytest.mark.parametrize("text", ["o'clock", "secret", "-12"])
def test_a_fault_does_not_show_the_secret_that_is_wrong(text: str) -> None:
    [fault] = Variable("LIMOSA_X", Number(), about="", is_secret=True).faults_of(text)
    assert fault in {"must be a whole number, not […].", "must be 0 or more, not […]."}


def test_files_are_a_list() -> None:
    assert File().paths(" /a.pem, /b.pem,") == ["/a.pem", "/b.pem"]
    assert File().paths("") == []


A, B, C, D = (f"LIMOSA_ACME_{letter}" for letter in "ABCD")


def declared(**changed: Any) -> Declaration:
    variables = tuple(
        Variable(name, Text(), about="", is_needed=name == A) for name in (A, B, C, D)
    )
    values = {"variables": variables, "turned_on_by": A, "either": ((B, C), (D,))} | changed
    return Declaration(code="acme", title="Acme", implementation="acme.Acme", **values)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({A, B, C}, []),
        ({A, D}, []),
        ({A, B, C, D}, []),
        ({A}, [B, C]),
        ({A, B}, [C]),
        ({A, B, D}, [C]),
        (set(), [A, B, C]),
    ],
)
def test_one_of_two_sets_is_enough_and_what_is_begun_has_to_be_whole(
    given: set[str], missing: list[str]
) -> None:
    assert [variable.name for variable in declared().missing(given)] == missing


def test_a_class_finds_a_value_by_the_rest_of_the_name() -> None:
    assert declared().key_of("LIMOSA_ACME_KEY_FILE") == "key_file"


@pytest.mark.parametrize(
    "changed",
    [
        {"turned_on_by": "LIMOSA_ACME_E"},
        {"either": (("LIMOSA_ACME_E",),)},
        {"variables": (Variable("LIMOSA_OTHER_A", Text(), about=""),)},
        {"variables": (Variable(A, Text(), about=""),) * 2, "either": ()},
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="acme: each of its variables is named LIMOSA_ACME_…"):
        declared(**changed)
