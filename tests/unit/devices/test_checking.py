"""The device check: what people type, and what it says of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.devices.engine.answers import Look, Reason, Trap, Verdict
from limosa.domain.devices.engine.checking import check_device
from limosa.domain.devices.shipped_list import shipped_list

DEVICES = shipped_list()
EID = "89049032123451234512345678901235"
IMEI = "490154203237518"

SHORT = {
    "iPad 10th": "iPad (10th generation) Cellular",
    "iPad mini 6th": "iPad mini (6th generation) Cellular",
    "iPad Air M2": "iPad Air 11-inch (M2) Cellular",
    "iPhone SE 2nd": "iPhone SE (2nd generation)",
    "iPhone SE 3rd": "iPhone SE (3rd generation)",
}
# What is typed: verdict, reason, model.
STORIES = """
A3084                                  yes      apple_version_esim_only    iPhone 16 Pro Max
a3084                                  yes      apple_version_esim_only    iPhone 16 Pro Max
Ａ３０８４                               yes      apple_version_esim_only    iPhone 16 Pro Max
iPhone 16 Pro Max (A3084)              yes      apple_version_esim_only    iPhone 16 Pro Max
A3296                                  yes      apple_version              iPhone 16 Pro Max
A3297                                  no       apple_mainland_hk_macao    iPhone 16 Pro Max
A2629                                  no       apple_mainland             iPhone 13 mini
A3517                                  yes      apple_version_esim_only    iPhone Air
A3518                                  depends  apple_air_mainland         iPhone Air
A3162                                  depends  apple_number_unsure        iPad 10th
A2903                                  yes      apple_version              iPad Air M2
A2904                                  depends  ipad_mainland              iPad Air M2
A9999                                  unknown  not_on_list
iPhone 16 A3518                        unknown  contradiction
iPhone 16 Pro Max                      depends  mainland_hk_macao_or_not   iPhone 16 Pro Max
苹果15                                  depends  mainland_hk_macao_or_not   iPhone 15
苹果 15 Pro Max                         depends  mainland_hk_macao_or_not   iPhone 15 Pro Max
蘋果手機15Pro                            depends  mainland_hk_macao_or_not   iPhone 15 Pro
iPhone十五                              depends  mainland_hk_macao_or_not   iPhone 15
ｉＰｈｏｎｅ　１５                        depends  mainland_hk_macao_or_not   iPhone 15
iphone15promax                         depends  mainland_hk_macao_or_not   iPhone 15 Pro Max
15 pro max                             depends  mainland_hk_macao_or_not   iPhone 15 Pro Max
我的手机是苹果15 256GB                    depends  mainland_hk_macao_or_not   iPhone 15
我去美国，用苹果15                        depends  mainland_hk_macao_or_not   iPhone 15
tengo un iPhone 14 negro               depends  mainland_hk_macao_or_not   iPhone 14
iPhone 15 国行                          no       apple_mainland_hk_macao    iPhone 15
iPhone 15 港版                          no       apple_mainland_hk_macao    iPhone 15
iPhone 15 美版                          yes      apple_version_esim_only    iPhone 15
iPhone 15 bought in Hong Kong          no       apple_mainland_hk_macao    iPhone 15
iPhone 15 comprado en Estados Unidos   yes      apple_version_esim_only    iPhone 15
iPhone 15 美版 港版                      depends  mainland_hk_macao_or_not   iPhone 15
iPhone 15 USA                          depends  mainland_hk_macao_or_not   iPhone 15
iPhone 13 mini 港版                     yes      apple_version              iPhone 13 mini
iPhone 13 mini 国行                     no       apple_mainland             iPhone 13 mini
iPhone 17 国行                          no       apple_mainland             iPhone 17
iPhone 17 港版                          yes      apple_version              iPhone 17
iPhone 17 日版                          yes      apple_version_esim_only    iPhone 17
iPhone Air 国行                         depends  apple_air_mainland         iPhone Air
iPhone 15 ultra                        unknown  in_part
iPhone 155                             unknown  not_on_list
iPhone X                               no       too_old                    iPhone X
iPhone SE                              depends  which_model
iPhone SE 第三代                        depends  mainland_or_not            iPhone SE 3rd
iPhone SE 2.ª generación               depends  mainland_or_not            iPhone SE 2nd
iPhone SE 2020                         depends  mainland_or_not            iPhone SE 2nd
MU2N3CH/A                              no       part_mainland
MU2N3ＣＨ／Ａ                            no       part_mainland
MQ0D2LL/A                              depends  part_needs_model
iPhone 15 Pro MTQR3LL/A                yes      apple_version_esim_only    iPhone 15 Pro
iPhone 15 ZP/A                         depends  mainland_hk_macao_or_not   iPhone 15
iPhone 15 QQ/A                         unknown  in_part
iPhone17,2                             depends  mainland_hk_macao_or_not   iPhone 16 Pro Max
iPhone99,9                             unknown  not_on_list
iPad 10                                depends  ipad_or_not                iPad 10th
iPad mini 6 LL/A                       depends  ipad_or_not                iPad mini 6th
ipad pro 11                            depends  which_model
三星S24                                 depends  samsung_open               Samsung Galaxy S24
S24 Ultra                              depends  samsung_open               Samsung Galaxy S24 Ultra
三星 s24ultra                           depends  samsung_open               Samsung Galaxy S24 Ultra
galaxy s24+                            depends  samsung_open               Samsung Galaxy S24+
z flip 5                               depends  samsung_open               Samsung Galaxy Z Flip5
SM-S921B/DS                            yes      samsung_version            Samsung Galaxy S24
S921B                                  yes      samsung_version            Samsung Galaxy S24
SM-S9210                               depends  samsung_greater_china      Samsung Galaxy S24
SM-S921U                               depends  samsung_us                 Samsung Galaxy S24
SM-S901N                               no       samsung_korea_early        Samsung Galaxy S22
SM-F936N                               yes      samsung_version            Samsung Galaxy Z Fold4
SM-A546B                               depends  market_open                Samsung Galaxy A54
SM-X999B                               unknown  not_on_list
Galaxy S24 SM-S911B                    unknown  contradiction
Galaxy M23                             no       samsung_not_listed         Samsung Galaxy M23
华为Mate 60                             unknown  not_on_list
華為 Mate 40 Pro                        depends  china_open                 Huawei Mate 40 Pro
小米14                                  unknown  not_on_list
小米 15 Pro Max                         unknown  not_on_list
Pixel 8                                yes      on_list                    Google Pixel 8
谷歌pixel8pro                           yes      on_list                    Google Pixel 8 Pro
pixel 4a 5g                            yes      on_list                    Google Pixel 4a (5G)
Pixel 9 ultra                          unknown  in_part
Pixel 11                               unknown  not_on_list
Pixel 3                                depends  pixel_3                    Google Pixel 3
vivo V30                               unknown  not_on_list
Apple Watch Series 9                   no       watch
Pixel Watch 2                          no       watch
苹果手表                                 no       watch
Galaxy Watch4                          no       watch                      Samsung Galaxy Watch4
samsung                                unknown  which_model
hola                                   unknown  not_on_list
8944500102198304826                    unknown  sim_number
"""


@pytest.mark.parametrize("story", STORIES.strip().splitlines(), ids=lambda one: one[:36].strip())
def test_what_people_type_is_understood(story: str) -> None:
    typed, verdict, rest = next(
        (story.partition(f" {one} ")[0].strip(), one, story.partition(f" {one} ")[2])
        for one in ("yes", "no", "depends", "unknown")
        if f"  {one}  " in story or f"  {one} " in story
    )
    reason, _, name = rest.strip().partition(" ")
    model = SHORT.get(name.strip(), name.strip())
    answer = check_device(typed, DEVICES)
    assert (answer.verdict, answer.reason, answer.model) == (verdict, reason, model)


# What is typed beside an EID: verdict, reason.
BESIDE_AN_EID = [
    ("A3518", Verdict.DEPENDS, Reason.APPLE_AIR_MAINLAND),
    ("iPhone Air", Verdict.DEPENDS, Reason.AIR_MAINLAND_OR_NOT),
    ("MU2N3CH/A", Verdict.DEPENDS, Reason.PART_MAINLAND),
    ("A2904", Verdict.DEPENDS, Reason.IPAD_MAINLAND),
    ("Pixel 2", Verdict.DEPENDS, Reason.PIXEL_2),
    ("A3297", Verdict.UNKNOWN, Reason.CONTRADICTION),
    ("iPhone 7", Verdict.UNKNOWN, Reason.CONTRADICTION),
    ("iPhone 15 国行", Verdict.UNKNOWN, Reason.CONTRADICTION),
    ("Galaxy Watch4", Verdict.NO, Reason.WATCH),
    ("Apple Watch", Verdict.NO, Reason.WATCH),
    ("Pixel 8", Verdict.YES, Reason.EID),
    ("Galaxy M23", Verdict.YES, Reason.EID),
    ("A3084", Verdict.YES, Reason.EID),
]


@pytest.mark.parametrize(("typed", "verdict", "reason"), BESIDE_AN_EID)
def test_an_eid_is_weighed_with_the_device_named_beside_it(
    typed: str, verdict: Verdict, reason: Reason
) -> None:
    for text in (f"{typed} {EID}", f"{typed}\nEID {EID}", f"EID {EID} IMEI {IMEI}\n{typed}"):
        answer = check_device(text, DEVICES)
        assert (answer.verdict, answer.reason) == (verdict, reason), text


@pytest.mark.parametrize("typed", ["A3518", "A2904", "Pixel 2"])
def test_nobody_is_sent_to_look_for_an_eid_that_proves_nothing(typed: str) -> None:
    answer = check_device(typed, DEVICES)
    assert answer.verdict is Verdict.DEPENDS
    assert answer.look is Look.NONE


@pytest.mark.parametrize("typed", ["Pixel 8", "A3084", "SM-S9210", "iPhone 13 mini"])
def test_a_long_number_behind_a_name_takes_none_of_its_figures(typed: str) -> None:
    alone = check_device(typed, DEVICES)
    for number in (IMEI, "49 015420 323751 8"):
        assert check_device(f"{typed} IMEI {number}", DEVICES) == alone
    assert check_device(f"{typed} {IMEI}", DEVICES) == alone


@pytest.mark.parametrize("typed", ["A3084 SM-S9210", "A3084 MU2N3CH/A"])
def test_codes_of_different_devices_are_a_contradiction(typed: str) -> None:
    assert check_device(typed, DEVICES).reason is Reason.CONTRADICTION


SHOWN_ON_DIAL = [
    f"EID\n{EID}\nIMEI\n{IMEI}",
    f"EID {EID[:16]} {EID[16:]}\nIMEI1 {IMEI}\nIMEI2 {IMEI}",
    f"EID: {' '.join(EID[at : at + 4] for at in range(0, 32, 4))} IMEI (slot 1): {IMEI}/01",
    f"IMEI1 49 015420 323751 8\nIMEI2 {IMEI}\nEID {EID[:16]}\n{EID[16:]}\nSN R5CX1234567",
    f"ＥＩＤ：{EID}",
    "-".join(EID[at : at + 8] for at in range(0, 32, 8)),
]


@pytest.mark.parametrize("typed", SHOWN_ON_DIAL)
def test_an_eid_proves_the_chip_and_leaves_the_lock(typed: str) -> None:
    answer = check_device(typed, DEVICES)
    assert (answer.verdict, answer.reason) == (Verdict.YES, Reason.EID)
    assert Trap.LOCK in answer.traps


@pytest.mark.parametrize(
    "typed",
    [
        IMEI,
        "49 015420 323751 8",
        "49-015420-323751-8",
        "IMEI 490154203237518 / 01",
        "490154203237518/01",
        "4901542032375101",
        "IMEI1: 490154203237518\nIMEI2: 356868000041418",
    ],
)
def test_an_imei_proves_nothing(typed: str) -> None:
    answer = check_device(typed, DEVICES)
    assert (answer.verdict, answer.reason) == (Verdict.UNKNOWN, Reason.IMEI_ONLY)
    assert answer.look is Look.EID


@pytest.mark.parametrize(
    "typed",
    [
        EID[:-1] + "6",
        EID[:-1],
        "98" + EID[2:],
        IMEI[:-1] + "9",
        IMEI[:-1],
        "0" * 15,
        "0" * 16,
    ],
)
def test_a_number_with_a_wrong_digit_is_called_mistyped(typed: str) -> None:
    answer = check_device(typed, DEVICES)
    assert (answer.verdict, answer.reason) == (Verdict.UNKNOWN, Reason.MISTYPED)


@pytest.mark.parametrize("typed", ["", "  ", "\n", "/", "\0"])
def test_nothing_is_asked_again(typed: str) -> None:
    answer = check_device(typed, DEVICES)
    assert answer.verdict is Verdict.UNKNOWN


WORDS = [
    *("iPhone", "iPad", "Pixel", "Galaxy", "Pro", "Max", "苹果", "三星", "国行", "A3084", "CH/A"),
    *("SM-S921", "B", "0", "15", "99", "EID", "IMEI", EID, IMEI, "代", "+", "/", "\n", "ª", "(5G)"),
]


@given(st.text(max_size=200) | st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join))
def test_any_text_gets_an_answer(typed: str) -> None:
    answer = check_device(typed, DEVICES)
    assert isinstance(answer.verdict, Verdict)
    assert typed not in {answer.model, answer.source} or not typed or answer.model
    if answer.verdict is Verdict.YES and answer.reason is not Reason.EID:
        assert answer.model
        assert answer.source


LETTERS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=12)


@given(LETTERS, st.integers(0, 9999))
def test_a_name_that_nobody_knows_is_never_a_yes(word: str, number: int) -> None:
    known = DEVICES.vocabulary | set(DEVICES.codes)
    for typed in (f"{word} {number}", f"{word}{number}", f"Pixel {word} {number}"):
        if word not in known and f"{word}{number}" not in DEVICES.codes:
            answer = check_device(typed, DEVICES)
            assert answer.verdict is not Verdict.YES, (typed, answer)


@given(st.from_regex(r"89[0-9]{30}", fullmatch=True))
def test_an_eid_is_believed_only_with_its_check_digits(digits: str) -> None:
    is_right = int(digits) % 97 == 1
    answer = check_device(digits, DEVICES)
    assert (answer.verdict is Verdict.YES) is is_right


def test_what_was_typed_is_not_in_the_answer() -> None:
    for typed in (f"EID {EID} IMEI {IMEI}", IMEI, f"iPhone 15 {IMEI}", f"my own words {EID}"):
        told = repr(check_device(typed, DEVICES))
        assert EID not in told
        assert IMEI not in told
        assert "own words" not in told
