"""Kinds of bad input, by name: values for a field, and what is wrong with a whole request."""

import json
from collections.abc import Callable, Mapping
from random import Random  # noqa: TID251 -- seeded, so that a run can be had again

_NINES = "9" * 400

# Each is sent as a part of a path, in a query, in a form, as a cookie, in a header, or in JSON.
VALUES: Mapping[str, tuple[bytes, ...]] = {
    name: tuple(value if isinstance(value, bytes) else value.encode() for value in values)
    for name, values in {
        "nul": ("\0", "a\0b", "1\0", "L-23456789\0"),
        "non_ascii": ("续航", "é", "ß", "🦆", "\u202eabc", "\ufeff", "İ", "e\u0301" * 50),
        "bad_utf8": (b"\xff\xfe", b"\xc3(", b"abc\x80", b"\xf8\x88\x80\x80\x80", b"\xe7\xbb"),
        "lone_surrogate": (b"\xed\xa0\x80", b"\xed\xb0\x80", "\\ud800"),
        "control": ("a\r\nSet-Cookie: x=1", "\x1b[31m", "\x7f", "a\nb", "\x01", "\u2028"),
        "overlong": ("A" * 6_000, "续" * 3_000, " " * 6_000, "a." * 3_000, "-" * 6_000),
        "huge_number": (_NINES, "9" * 5_000, str(2**31), str(2**63), str(2**64), f"-{_NINES}"),
        "odd_number": (
            *("NaN", "sNaN", "Infinity", "-Infinity", "9e999990", "1e-999990", "-1", "-0", "1e5"),
            *("1,000.00", "1.000,00", "1,5", "12.345", "1_000", "0x10", " 7 ", "+7", ".", "1."),
        ),
        "other_digits": ("١٢٫٥", "１２．５０", "१२", "²", "Ⅷ", "一百"),
        "far_date": (
            *("0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "-1-1-1"),
            *(
                "9999-12-31T23:59:59+00:00",
                "0001-01-01T00:00:00+14:00",
                "9999-12-31T23:59:59-14:00",
                "9999-12-31T23:59:59-12:00",
                "0001-01-01T00:00:00Z",
                "9223372036854775-1",
                "9999999999999999-1",
            ),
            *("2026-W01-1", "20261122", "1969-12-31", "99999999999999999", "2026-11-22T25:61:61Z"),
        ),
        "next": (
            *("x", "//evil.example", "javascript:alert(1)", "/\\evil.example", "http://[", "/\t/e"),
            *("https://[::1", "///", "http:///x", "/accounts/logout/", "\\", "?next=?next=", "%"),
        ),
        "markup": (
            *(
                "<script>alert(1)</script>",
                "{{7*7}}",
                "%(x)s",
                "%s%n%d",
                "' OR 1=1 --",
                "../../etc",
            ),
            *(
                "${jndi:ldap://x}",
                "{0}",
                "{x.__class__}",
                "\\",
                "%00",
                "%",
                "&#0;",
                "]]>",
                "\u0000d",
            ),
        ),
        "empty": ("", " ", "\u3000", "\u200b"),
    }.items()
}

_CHARSETS: tuple[str, ...] = (
    "utf-16",
    "utf-32",
    "unknown",
    "idna",
    "hex",
    "rot13",
    "punycode",
    "utf-7",
    "cp037",
)
_CHARSETS += (
    "undefined",
    "\xff\xfe",
    "a" * 500,
    '"',
    "unicode_escape",
    "mbcs",
    "base64",
    "iso-8859-1",
)
FORM = "application/x-www-form-urlencoded"
_BOUND = "multipart/form-data; boundary=X"
_PART = b'--X\r\nContent-Disposition: form-data; name="a"'

Body = tuple[str, bytes]


def _charset(random: Random) -> Body:
    kind = random.choice((FORM, "application/json", "multipart/form-data; boundary=X"))
    return f"{kind}; charset={random.choice(_CHARSETS)}", b"amount=1&detail=%C3%A9"


def _multipart(random: Random) -> Body:
    return random.choice(
        (
            (_BOUND, b""),
            (_BOUND, b"--X"),
            (_BOUND, _PART),
            (_BOUND, _PART + b"\r\n\r\n\xff\0\r\n--X--\r\n"),
            (_BOUND, _PART + b'; filename="a\0.png"\r\n\r\nx\r\n--X--\r\n'),
            (_BOUND, _PART + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!=\r\n--X--\r\n"),
            (_BOUND, _PART + b"\r\nContent-Transfer-Encoding: base64\r\n\r\nAA==\r\n--X--\r\n"),
            (_BOUND, _PART + b"\r\nContent-Type: text/plain; charset=hex\r\n\r\nx\r\n--X--\r\n"),
            (_BOUND, b"--X\r\n" + b"A: b\r\n" * 3_000 + b"\r\nx\r\n--X--\r\n"),
            (_BOUND, (_PART + b"\r\n\r\nx\r\n") * 1_500 + b"--X--\r\n"),
            ("multipart/form-data", b"--X\r\n\r\n--X--"),
            ("multipart/form-data; boundary=", b"x"),
            ("multipart/form-data; boundary=" + "b" * 300, b"x"),
            ("multipart/form-data; boundary=\xe9", b"--\xe9\r\n"),
            ("multipart/form-data; boundary*=utf-16''%ff", b"x"),
            ("multipart/mixed; boundary=X", _PART + b"\r\n\r\nx\r\n--X--\r\n"),
        )
    )


def _many_fields(random: Random) -> Body:
    return FORM, b"&".join(b"f%d=%d" % (number, number) for number in range(1_500))


def _big_body(random: Random) -> Body:
    return random.choice((FORM, "application/json", "text/plain")), b"a=" + b"x" * 300_000


def _odd_json(random: Random) -> Body:
    row = {"record_id": "r", "iccid": "89", "uplink_bytes": 1, "downlink_bytes": 1}
    row |= dict.fromkeys(("started_at", "ended_at"), "2026-11-22T14:02:00Z")
    field = random.choice(list(row))
    values = [value.decode(errors="surrogateescape") for rows in VALUES.values() for value in rows]
    values = [value for value in values if len(value) < 1_000]
    row[field] = random.choice([*values, "\ud800", None, True, [], {}, -1, 10**30, 1.5, [[]] * 9])
    bodies = (
        json.dumps(
            {"feed": random.choice(("own", random.choice(values))), "records": [row]}
        ).encode(),
        b'{"feed": "own", "records": ' + b"[" * 50_000,
        b'{"feed": "own", "records": ' + b"9" * 5_000 + b"}",
        b'{"feed": "own", "records": [{"uplink_bytes": NaN, "downlink_bytes": 1e999}]}',
        b"\xff\xfe{\0}\0",
        b'{"a": "\\ud800"}',
        b"null",
        b"[]",
        b"",
    )
    return "application/json", random.choice((bodies[0], bodies[0], *bodies))


# What a whole body is. Each returns a content type and the bytes.
BODIES: Mapping[str, Callable[[Random], Body]] = {
    "charset": _charset,
    "malformed_multipart": _multipart,
    "many_fields": _many_fields,
    "big_body": _big_body,
    "odd_json": _odd_json,
}
METHODS = ("TRACE", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "PROPFIND", "POST", "GET", "FOO")
HOSTS: tuple[str, ...] = (
    "evil.example",
    "a" * 300,
    "127.0.0.1.",
    "[::1",
    "a..b",
    "testserver:99999",
    "é",
    "a,b",
    "x@y",
)
QUERIES: tuple[bytes, ...] = (
    b"\xff\xfe=\xe7",
    b"a=%",
    b"%zz=%00",
    b"&&&===",
    "次=页".encode(),
    b"a=%ff",
    b"=" * 999,
    b"a[]=1;b=2",
)
QUERIES += (
    b"&".join(b"q%d=" % number for number in range(1_500)),
    b"before=%u0041",
    b"#",
    b"?" * 50,
)
HEADERS: tuple[str, ...] = (
    "Accept-Language",
    "User-Agent",
    "Referer",
    "Origin",
    "Range",
    "Accept",
    "HX-Request",
)
HEADERS += (
    "If-Modified-Since",
    "If-None-Match",
    "Accept-Encoding",
    "Authorization",
    "HX-Current-URL",
)
HEADERS += (
    "X-Forwarded-For",
    "X-Forwarded-Proto",
    "X-CSRFToken",
    "HX-Target",
    "HX-Prompt",
    "Cookie",
)
COOKIES = ("sessionid", "csrftoken", "django_language", "messages", "other", "")
