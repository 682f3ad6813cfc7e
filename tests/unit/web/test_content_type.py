"""A body's type is plain and in UTF-8, or it never reaches Django."""

import pytest

from limosa.web.content_type import UNKNOWN_TYPE, plain_type


@pytest.mark.parametrize(
    "told",
    [
        "",
        "application/json",
        "application/json; charset=utf-8",
        'application/x-www-form-urlencoded;charset="UTF-8"',
        "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
        'multipart/form-data; boundary="a b:c"',
        "text/plain; charset=us-ascii;",
    ],
)
def test_what_browsers_and_feeds_send_is_left_as_it_is(told: str) -> None:
    environ = {"CONTENT_TYPE": told, "PATH_INFO": "/"}
    assert plain_type(environ) is environ


@pytest.mark.parametrize(
    "told",
    [
        "application/json; charset=utf-16",
        "application/json; charset=base64",
        "application/json; CHARSET=idna",
        "application/json; charset=utf-8; charset=hex",
        "application/json; charset*=hex''%ff",
        "application/json; a*=base64''x",
        'application/json; charset="utf-16"',
        "application/json; charset=utf-8\0",
        "application/json; charset=\xff",
        "application/json; charset",
        "json",
        "text/" + "x" * 20_000,
        "text/plain" + "; a=b" * 5_000,
        "text/plain" + " ;" * 20_000,
        ";" * 20_000,
    ],
)
def test_any_other_type_is_taken_away_and_told(told: str) -> None:
    taken = plain_type({"CONTENT_TYPE": told, "PATH_INFO": "/"})
    assert taken == {"CONTENT_TYPE": "", "PATH_INFO": "/", UNKNOWN_TYPE: True}
