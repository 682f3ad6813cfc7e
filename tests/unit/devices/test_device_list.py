"""The list that ships, row by row: each model is found by its name and by each of its codes, and is
answered as its row says."""

import re
from datetime import date

import pytest

from limosa.domain.devices.engine.answers import Reason, Verdict
from limosa.domain.devices.engine.checking import check_device
from limosa.domain.devices.engine.device_list import AppleNumber, DeviceModel, Takes
from limosa.domain.devices.shipped_list import rows, shipped_list

DEVICES = shipped_list()
SAYS = {Takes.YES: Verdict.YES, Takes.NO: Verdict.NO, Takes.CONDITIONAL: Verdict.DEPENDS}
BY_NAME = [pytest.param(one, id=f"{one.full_name} {one.codes[:1]}") for one in DEVICES.models]
BY_CODE = [
    pytest.param(one, code, id=code)
    for one in DEVICES.models
    for code in one.codes
    if one.match_kind != "android_model_prefix"
]
SAMSUNG = [
    pytest.param(one, f"{code}{suffix}", id=f"{code}{suffix}")
    for code, one in DEVICES.samsung_models.items()
    for suffix in ("", *DEVICES.samsung_suffixes)
]
NUMBERS = [pytest.param(one, id=one.number) for one in DEVICES.apple_numbers.values()]
# Two makers, or two names, for one word; the answer names both and promises nothing.
SHARED_CODES = {"OP4F57L1"}


@pytest.mark.parametrize("model", BY_NAME)
def test_a_model_is_found_by_its_name_and_answered_as_its_row_says(model: DeviceModel) -> None:
    for typed in (model.full_name, model.full_name.upper(), model.full_name.replace(" ", "  ")):
        answer = check_device(typed, DEVICES)
        assert answer.verdict is SAYS[model.takes], answer
        assert answer.model.casefold() == model.full_name.casefold()
        assert answer.source
        assert date.fromisoformat(answer.as_of).year > 2000


@pytest.mark.parametrize(("model", "code"), BY_CODE)
def test_a_model_is_found_by_each_of_its_codes(model: DeviceModel, code: str) -> None:
    for typed in (code, code.lower(), f" {code} "):
        answer = check_device(typed, DEVICES)
        assert answer.verdict is SAYS[model.takes], answer
        if code not in SHARED_CODES:
            assert answer.model == model.full_name


@pytest.mark.parametrize(("model", "number"), SAMSUNG)
def test_a_samsung_is_found_by_its_number_and_only_sure_suffixes_say_yes(
    model: DeviceModel, number: str
) -> None:
    for typed in (
        number,
        number.lower(),
        f"Samsung {number}/DS" if number[-1] in "BFN" else number,
    ):
        answer = check_device(typed, DEVICES)
        assert answer.model == model.full_name
        if model.takes is Takes.NO:
            assert answer.verdict is Verdict.NO
        if answer.verdict is Verdict.YES:
            assert number.endswith(("B", "F", "N", "U1"))
            assert "samsung-a-region" not in model.rules


@pytest.mark.parametrize("number", NUMBERS)
def test_an_apple_number_is_answered_for_its_version(number: AppleNumber) -> None:
    for typed in (number.number, number.number.lower(), f"{number.model} ({number.number})"):
        answer = check_device(typed, DEVICES)
        expected = SAYS[number.takes] if number.is_sure else Verdict.DEPENDS
        assert answer.verdict is expected
        assert answer.model == number.model


def test_no_version_for_mainland_china_is_a_yes() -> None:
    mainland = [one for one in DEVICES.apple_numbers.values() if "CN" in one.markets]
    assert len(mainland) > 50
    assert {check_device(one.number, DEVICES).verdict for one in mainland} == {
        Verdict.NO,
        Verdict.DEPENDS,
    }


def test_what_only_one_list_says_is_never_a_yes() -> None:
    unsure = [one for one in DEVICES.apple_numbers.values() if not one.is_sure]
    assert unsure
    assert {check_device(one.number, DEVICES).reason for one in unsure} == {
        Reason.APPLE_NUMBER_UNSURE
    }


def test_every_iphone_that_takes_esims_has_its_numbers() -> None:
    known = {one.model for one in DEVICES.apple_numbers.values()}
    wanted = {
        one.name
        for one in DEVICES.models
        if one.name.startswith("iPhone") and one.takes is Takes.CONDITIONAL
    }
    assert wanted
    assert not wanted - known


@pytest.mark.parametrize("suffix", DEVICES.part_markets)
def test_a_part_number_decides_by_the_market_at_its_end(suffix: str) -> None:
    markets = DEVICES.part_markets[suffix]
    answer = check_device(f"iPhone 15 Pro Max MU2N3{suffix}", DEVICES)
    if markets <= {"CN", "HK", "MO"}:
        assert answer.verdict is Verdict.NO
    elif markets & {"CN", "HK", "MO"}:
        assert answer.verdict is Verdict.DEPENDS
    else:
        assert answer.verdict is Verdict.YES


def test_every_rule_of_a_model_is_written_down_with_source_and_date() -> None:
    written = {row["rule"]: row for row in rows("device_rules.csv")}
    assert {rule for model in DEVICES.models for rule in model.rules} <= set(written)
    for row in written.values():
        assert row["source"]
        assert date.fromisoformat(row["as_of"]).year > 2000


@pytest.mark.parametrize(
    "name",
    ["esim_devices.csv", "apple_model_numbers.csv", "apple_part_suffix.csv"],
)
def test_every_row_has_its_source_its_confidence_and_its_date(name: str) -> None:
    for row in rows(name):
        assert row["source"]
        assert row["confidence"] in {"verified", "derived", "unverified"}
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", row["as_of"])
