"""The list of providers is read as its form says, or refused; nothing else can come of it."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.coverage.engine import provider_file
from limosa.domain.coverage.engine.provider_file import (
    Apn,
    Plmn,
    Provider,
    ProviderFileError,
    read_providers,
)

LIST = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE serviceproviders SYSTEM "serviceproviders.2.dtd">
<serviceproviders format="2.0">
<country code="us">
  <provider>
    <name>AT&amp;T</name><name xml:lang="fr">ATT</name>
    <gsm>
      <network-id mcc="310" mnc="410"/><network-id mcc="310" mnc="070"/>
      <network-id mcc="310" mnc=""/>
      <apn value="NXTGENPHONE"><usage type="mms-internet-hipri"/><name>Phone</name></apn>
      <apn value="mms.att"><usage type="mms"/></apn>
      <apn value="paygo"><plan type="prepaid"/></apn>
      <apn value="paygo"><plan type="prepaid"/></apn>
    </gsm>
  </provider>
  <provider><name>Sprint</name><cdma><sid value="4120"/></cdma></provider>
</country>
</serviceproviders>
"""


def test_providers_are_read_with_their_codes_and_names_of_access_points() -> None:
    assert read_providers(LIST.encode()) == [
        Provider(
            country="US",
            name="AT&T",
            plmns=(Plmn("310", "070"), Plmn("310", "410")),
            apns=(Apn("NXTGENPHONE"), Apn("paygo", "prepaid")),
        ),
        Provider(country="US", name="Sprint"),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no element found"),
        ("<a/>", "is a list of 'a'"),
        ("<serviceproviders><country></serviceproviders>", "line 1: mismatched tag"),
        ("<serviceproviders>&unknown;</serviceproviders>", "undefined entity"),
        (
            '<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><serviceproviders>&b;',
            "declares the entity 'a'",
        ),
        (
            '<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/passwd">]><serviceproviders>&a;',
            "declares the entity 'a'",
        ),
        (
            '<!DOCTYPE s [<!ENTITY % a SYSTEM "http://127.0.0.1/x"> %a;]><serviceproviders/>',
            "declares the entity 'a'",
        ),
        ("<serviceproviders>" + "<x>" * 12, "more than 12 deep"),
        ('<?xml version="1.0" encoding="none-such"?><serviceproviders/>', "encoding"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ProviderFileError, match=reason):
        read_providers(text.encode())


def test_a_file_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_file, "BYTES_MAX", len(LIST) - 1)
    with pytest.raises(ProviderFileError, match="bytes; at most"):
        read_providers(LIST.encode())


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with suppress(ProviderFileError):
        assert isinstance(read_providers(raw), list)


@given(st.integers(0, len(LIST) - 1), st.binary(max_size=3))
def test_a_list_that_was_damaged_is_read_or_refused(place: int, damage: bytes) -> None:
    whole = LIST.encode()
    with suppress(ProviderFileError):
        assert isinstance(read_providers(whole[:place] + damage + whole[place + 1 :]), list)
