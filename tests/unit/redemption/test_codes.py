"""How codes are made and read; the check symbol is tried on whole codes, symbol by symbol."""

from collections import Counter
from itertools import combinations
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.redemption.engine.codes import (
    CODE_LENGTH,
    NEVER_USED,
    RANDOM_SYMBOLS,
    SYMBOLS,
    check_symbol,
    code_of,
    read_code,
    written,
)
from limosa.domain.redemption.refusals import CodeCheckError, CodeLengthError, CodeSymbolError

SEED = bytes(range(32))
CODES = [code_of(SEED, serial) for serial in range(10_000_001, 10_000_201)]
any_code = st.text(SYMBOLS, min_size=RANDOM_SYMBOLS, max_size=RANDOM_SYMBOLS).map(
    lambda symbols: symbols + check_symbol(symbols)
)


def is_read(typed: str) -> bool:
    try:
        return bool(read_code(typed))
    except CodeCheckError:
        return False


def test_a_code_has_more_than_74_bits_of_31_symbols_that_nobody_confuses() -> None:
    assert len(set(SYMBOLS)) == 31
    assert not set(SYMBOLS) & set(NEVER_USED)
    assert set(SYMBOLS) | set(NEVER_USED) == set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert 74 < log2(len(SYMBOLS) ** RANDOM_SYMBOLS) < 75


def test_codes_of_a_seed_differ_and_use_every_symbol_alike() -> None:
    codes = [code_of(SEED, serial) for serial in range(20_000)]
    assert len(set(codes)) == len(codes)
    assert code_of(bytes(32), 1) != code_of(SEED, 1)
    for place in range(CODE_LENGTH):
        counts = Counter(code[place] for code in codes)
        assert set(counts) == set(SYMBOLS)
        # Chi-squared with 30 degrees of freedom exceeds 80 once in 500,000 times.
        mean = len(codes) / len(SYMBOLS)
        assert sum((count - mean) ** 2 / mean for count in counts.values()) < 80


def test_every_wrong_symbol_is_caught() -> None:
    for code in CODES:
        for place, right in enumerate(code):
            for wrong in SYMBOLS:
                typed = code[:place] + wrong + code[place + 1 :]
                assert is_read(typed) is (wrong == right)


@given(any_code)
def test_every_exchange_of_two_symbols_is_caught_neighbours_or_not(code: str) -> None:
    for one, other in combinations(range(CODE_LENGTH), 2):
        symbols = list(code)
        symbols[one], symbols[other] = symbols[other], symbols[one]
        assert is_read("".join(symbols)) is (code[one] == code[other])


def test_neighbours_are_exchanged_in_all_values() -> None:
    """All pairs of values in all places beside each other, the check symbol included."""
    for place in range(RANDOM_SYMBOLS):
        for left in SYMBOLS:
            for right in SYMBOLS:
                symbols = list(CODES[0][:RANDOM_SYMBOLS])
                symbols[place] = left
                if place + 1 < RANDOM_SYMBOLS:
                    symbols[place + 1] = right
                code = "".join(symbols) + check_symbol("".join(symbols))
                turned = f"{code[:place]}{code[place + 1]}{code[place]}{code[place + 2 :]}"
                assert is_read(turned) is (turned == code)


@given(any_code, st.randoms(use_true_random=False))
def test_a_code_is_read_however_it_is_written(code: str, random: object) -> None:
    del random
    for typed in (
        written(code),
        written(code).lower(),
        written(code).replace("-", " "),
        f"  {written(code).replace('-', '–')}\t",
        f"\u200b{code}\r\n",
        "".join(chr(ord(one) + 0xFEE0) for one in code),  # full width
        ".".join(code),
    ):
        assert read_code(typed) == code


@pytest.mark.parametrize("symbol", [*NEVER_USED, "l", "é", "中", "!"])
def test_a_symbol_that_never_occurs_is_named(symbol: str) -> None:
    with pytest.raises(CodeSymbolError) as refusal:
        read_code(f"{CODES[0][:5]}{symbol}{CODES[0][6:]}")
    assert refusal.value.symbol == symbol.upper()


@pytest.mark.parametrize("typed", ["", "7", CODES[0][:-1], CODES[0] + "7"])
def test_what_is_too_short_or_too_long_is_told_how_long_it_is(typed: str) -> None:
    with pytest.raises(CodeLengthError) as refusal:
        read_code(typed)
    assert refusal.value.length == len(typed)
