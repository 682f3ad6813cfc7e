"""An icon is a PNG or a JPEG of 64 by 64 pixels, and nothing else is one."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.foundation.errors import LocalProtocolError
from limosa.protocols.sgp22.icons import check_icon
from tests.factories.pictures import png


def jpeg(width: int, height: int, *, marker: int = 0xC0, before: bytes = b"") -> bytes:
    jfif = b"\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0"
    tables = b"\xff\xc4\x00\x05\1\2\3"
    frame = struct.pack(">BBHBHHB", 0xFF, marker, 11, 8, height, width, 1) + b"\1\x11\0"
    return b"\xff\xd8" + jfif + tables + before + frame + b"\xff\xda\x00\x02"


RIGHT = {
    "a PNG": png(64, 64),
    "a JPEG": jpeg(64, 64),
    "a progressive JPEG": jpeg(64, 64, marker=0xC2),
    "a JPEG with bytes that fill": jpeg(64, 64, before=b"\xff\xff\xff"),
}
WRONG = {
    "nothing": b"",
    "a text": b"no picture",
    "the first bytes of a PNG": png(64, 64)[:8],
    "a PNG that is cut": png(64, 64)[:23],
    "a PNG without a header": png(64, 64, name=b"IDAT"),
    "a wide PNG": png(65, 64),
    "a high PNG": png(64, 128),
    "the first bytes of a JPEG": b"\xff\xd8\xff",
    "a JPEG that is cut": jpeg(64, 64)[:35],
    "a wide JPEG": jpeg(128, 64),
    "a high JPEG": jpeg(64, 63),
    "a JPEG without a frame": jpeg(64, 64, marker=0xC4),
    "a JPEG with an end before its frame": jpeg(64, 64, before=b"\xff\xd9"),
    "a JPEG with a segment of no length": jpeg(64, 64, before=b"\xff\xe1\0\0"),
}


@pytest.mark.parametrize("form", RIGHT)
def test_an_icon_is_a_picture_of_64_by_64(form: str) -> None:
    check_icon(RIGHT[form])


@pytest.mark.parametrize("form", WRONG)
def test_what_is_another_picture_or_none_is_refused(form: str) -> None:
    with pytest.raises(LocalProtocolError, match="64 x 64"):
        check_icon(WRONG[form])


def test_what_is_of_another_size_is_told_with_its_size() -> None:
    with pytest.raises(LocalProtocolError, match="of 32 x 48 pixels"):
        check_icon(png(32, 48))


@given(st.binary(), st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xff\xd8\xff\xc0"]))
def test_any_bytes_are_an_icon_or_refused(data: bytes, beginning: bytes) -> None:
    with suppress(LocalProtocolError):
        check_icon(beginning + data)
