"""A package from a mould is the one that the template would have become."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.rsp.engine import profile_mould
from limosa.domain.rsp.engine.profile_mould import TemplateUnfit, mould_of
from limosa.domain.rsp.engine.profile_package import (
    PackageRefused,
    Personal,
    personalize,
    read_iccid,
)
from limosa.domain.rsp.template import generic_mould, generic_test_profile
from limosa.foundation.identifiers import InvalidIdentifierError, make_iccid

KEYS = st.binary(min_size=16, max_size=16)
PERSONAL = st.builds(
    Personal,
    iccid=st.integers(0, 10**10).map(lambda number: make_iccid(issuer="01998", account=number)),
    imsi=st.integers(10**14, 10**15 - 1).map(str),
    key=KEYS,
    opc=KEYS,
)
ONE = Personal(iccid="8901998000000000015", imsi="001010000000001", key=b"k" * 16, opc=b"o" * 16)


@given(personal=PERSONAL)
def test_it_is_the_personalized_template(personal: Personal) -> None:
    made = generic_mould().cast(personal)
    assert made == personalize(generic_test_profile(), personal)
    assert read_iccid(made) == personal.iccid


@pytest.mark.parametrize("key", [b"k" * 15, b"k" * 17, b""])
def test_keys_of_another_length_are_refused(key: bytes) -> None:
    for keys in ({"key": key, "opc": ONE.opc}, {"key": ONE.key, "opc": key}):
        with pytest.raises(ValueError, match="16 bytes"):
            generic_mould().cast(Personal(iccid=ONE.iccid, imsi=ONE.imsi, **keys))


def test_no_iccid_and_no_imsi_are_refused() -> None:
    with pytest.raises(InvalidIdentifierError):
        generic_mould().cast(Personal(iccid="1", imsi=ONE.imsi, key=ONE.key, opc=ONE.opc))
    with pytest.raises(ValueError, match="IMSI"):
        generic_mould().cast(Personal(iccid=ONE.iccid, imsi="1", key=ONE.key, opc=ONE.opc))


def test_what_is_no_template_has_no_mould() -> None:
    with pytest.raises(PackageRefused):
        mould_of(b"nothing")


def test_a_template_that_has_what_the_sample_has_is_unfit() -> None:
    made = generic_mould().cast(profile_mould._SAMPLE)
    with pytest.raises(TemplateUnfit):
        mould_of(made)
