"""How a code is made, written and read.

15 symbols of 31 and a check symbol, in groups of four: 7K3M-Q9XP-2HVT-R4WA. The digits 0 and 1 and
the letters I, L and O never occur, so none is mistaken for another. Fifteen symbols are 74 bits.

The check symbol is the sum of position times value, modulo 31. 31 is a prime and no position is a
multiple of it, so one wrong symbol always changes the sum. The check symbol itself counts 30 times
(it is subtracted), and no two positions count alike, so exchanging any two different symbols, also
neighbours, changes it too.
"""

import hashlib
import unicodedata

from limosa.domain.redemption.refusals import CodeCheckError, CodeLengthError, CodeSymbolError

SYMBOLS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
NEVER_USED = "01ILO"
RANDOM_SYMBOLS = 15
CODE_LENGTH = RANDOM_SYMBOLS + 1
SEED_BYTES = 32
TYPED_LENGTH_MAX = 60
_GROUP = 4
_VALUES = {symbol: value for value, symbol in enumerate(SYMBOLS)}
_BASE = len(SYMBOLS)


def code_of(seed: bytes, serial: int) -> str:
    """Return the code of a serial: what nobody can compute, or tell from chance, without the seed.

    The 128 bits are so many more than 74 that every code is equally likely, to 1 part in 2⁵³.
    """
    drawn = hashlib.blake2b(serial.to_bytes(8, "big"), key=seed, digest_size=16).digest()
    rest, total, symbols = int.from_bytes(drawn, "big"), 0, []
    for position in range(1, RANDOM_SYMBOLS + 1):
        rest, value = divmod(rest, _BASE)
        total += position * value
        symbols.append(SYMBOLS[value])
    symbols.append(SYMBOLS[total % _BASE])
    return "".join(symbols)


def check_symbol(symbols: str) -> str:
    """Return the check symbol of the symbols before it."""
    weighed = (position * _VALUES[one] for position, one in enumerate(symbols, start=1))
    return SYMBOLS[sum(weighed) % _BASE]


def written(code: str) -> str:
    """Return a code as it is printed: 7K3M-Q9XP-2HVT-R4WA."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def read_code(typed: str) -> str:
    """Return the code that somebody typed, in any case, width and grouping.

    Raises: CodeSymbolError, CodeLengthError, CodeCheckError.
    """
    symbols = "".join(
        one
        for one in unicodedata.normalize("NFKC", typed[:TYPED_LENGTH_MAX]).upper()
        if not _is_between(one)
    )
    for one in symbols:
        if one not in _VALUES:
            raise CodeSymbolError(one)
    if len(symbols) != CODE_LENGTH:
        raise CodeLengthError(len(symbols))
    if check_symbol(symbols[:-1]) != symbols[-1]:
        raise CodeCheckError
    return symbols


def _is_between(one: str) -> bool:
    """Whether a character only separates groups, or can't be seen."""
    return one in "._" or unicodedata.category(one) in {"Pd", "Zs", "Cc", "Cf"}
