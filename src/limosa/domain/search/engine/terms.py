"""What names a place or a carrier, and how each name is looked up."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import lru_cache

from limosa.domain.search.engine.normalising import KEY_LENGTH_MAX, is_han, key, key_of, tokens

# A word that ends the names of more places than this says nothing: "islands".
PART_TARGETS_MAX = 6
_HAN_PART_NAME_MIN = 4
# A shorter name of a carrier that is not sold is too easily another word.
_UNSOLD_HAN_MIN, _UNSOLD_LATIN_MIN = 2, 5
NAMES_KEPT_MAX = 50_000
Spell = Callable[[str], list[str]]


class Kind(StrEnum):
    """What a term leads to."""

    PLACE = "place"
    CARRIER = "carrier"


class Form(IntEnum):
    """How a term names its target; the clearer one has the smaller number.

    NAME: in a language; ALIAS: another name, or a place inside it; CODE: ISO 3166; PINYIN: without
    tones; INITIALS: of the pinyin; SHORT: one character, as in 美加墨; PART: the end of a name.
    """

    NAME = 0
    ALIAS = 1
    CODE = 2
    PINYIN = 3
    INITIALS = 4
    SHORT = 5
    PART = 6


@dataclass(frozen=True, slots=True)
class Term:
    """`key`: as normalising.key makes it. `targets`: country codes, `r:` and the code of a region,
    `c:` and the code of a carrier, `u:` and a brand that is not sold; several for "Benelux".
    `label`: the name as it is written, where it is another one than its target's."""

    key: str
    kind: Kind
    form: Form
    targets: tuple[str, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """Something with names. `label`: whether its names are shown beside its target's own."""

    kind: Kind
    targets: tuple[str, ...]
    names: Sequence[str]
    form: Form = Form.NAME
    has_label: bool = False


def region_target(code: str) -> str:
    """Return how a region stands among targets."""
    return f"r:{code}"


def carrier_target(code: str) -> str:
    """Return how a carrier stands among targets."""
    return f"c:{code}"


def unsold_target(brand: str) -> str:
    """Return how a carrier that nothing is sold of stands among targets."""
    return f"u:{brand}"


def terms_of(all_named: Iterable[Named], *, spell: Spell) -> list[Term]:
    """Return the terms of all names, each once, in a fixed order.

    spell: the pinyin syllables of a text in Han characters, without tones.
    """
    found: dict[tuple[str, Kind, Form, tuple[str, ...]], Term] = {}
    for named in all_named:
        for name in named.names:
            for term in _terms(named, name, spell):
                if 0 < len(term.key) <= KEY_LENGTH_MAX:
                    found.setdefault((term.key, term.kind, term.form, term.targets), term)
    clear = {(term.key, term.kind, term.targets) for term in found.values() if term.form < 2}
    kept = [
        term
        for term in found.values()
        if term.form < 2 or (term.key, term.kind, term.targets) not in clear
    ]
    return sorted(_without_common_parts(kept), key=lambda one: (one.key, one.form, one.targets))


def _terms(named: Named, name: str, spell: Spell) -> Iterator[Term]:
    label = name if named.has_label else ""
    for form, one in _keys(name, named.form, named.kind, spell):
        yield Term(one, named.kind, form, named.targets, label)


@lru_cache(NAMES_KEPT_MAX)
def _keys(name: str, form: Form, kind: Kind, spell: Spell) -> Sequence[tuple[Form, str]]:
    """Kept: nearly all names ship with us, and are the same whenever the index is made again."""
    found = [(form, key(name))]
    if form in (Form.CODE, Form.SHORT):
        return found
    if is_han(name):
        found += _spelled(key(name), spell)
    if form is Form.NAME and kind is Kind.PLACE:
        found += ((Form.PART, one) for one in _parts(name))
    return found


def _spelled(han: str, spell: Spell) -> Iterator[tuple[Form, str]]:
    if not all(is_han(letter) for letter in han):
        return
    syllables = spell(han)
    yield Form.PINYIN, "".join(syllables).replace("v", "u")
    yield Form.PINYIN, "".join(syllables)
    if len(han) >= 2:
        yield Form.INITIALS, "".join(syllable[0] for syllable in syllables)


def _parts(name: str) -> Iterator[str]:
    """Return the ends of a name that begin at one of its words."""
    words = [token.text for token in tokens(name)]
    if is_han(name):
        least = _HAN_PART_NAME_MIN
        starts = range(1, len(words) - 1) if len(words) >= least else range(0)
    else:
        starts = range(1, len(words))
    for start in starts:
        yield key_of(words[start:])


def _without_common_parts(terms: Sequence[Term]) -> Iterator[Term]:
    targets: dict[str, set[tuple[str, ...]]] = {}
    for term in terms:
        if term.form is Form.PART:
            targets.setdefault(term.key, set()).add(term.targets)
    common = {one for one, of in targets.items() if len(of) > PART_TARGETS_MAX}
    for term in terms:
        if term.form is not Form.PART or (len(term.key) > 1 and term.key not in common):
            yield term


def of_carriers(
    aliases: Iterable[tuple[str, Sequence[str]]], carriers: Mapping[str, str]
) -> Iterator[Named]:
    """Return the carriers of the catalogue, each with its names and the reviewed ones of its brand;
    and the brands that the catalogue does not have.

    aliases: (brand, other names). carriers: names by code. "T-Mobile US" is of the brand
    "T-Mobile", and so is a carrier whose code is. Of a brand that is not sold, names that may be
    another word are left out.
    """
    brands = [(key(brand), (brand, *names)) for brand, names in aliases]
    sold: set[str] = set()
    for code, name in carriers.items():
        own = {key(name), key(code)}
        yield Named(Kind.CARRIER, (carrier_target(code),), (name, code))
        for brand, names in brands:
            if any(one == brand or _begins(name, brand) for one in own):
                sold.add(brand)
                yield Named(Kind.CARRIER, (carrier_target(code),), names, Form.ALIAS)
    for brand, names in brands:
        telling = [name for name in names if _is_telling(name)]
        if brand not in sold and telling:
            yield Named(Kind.CARRIER, (unsold_target(names[0]),), telling, Form.ALIAS)


def _is_telling(name: str) -> bool:
    return len(key(name)) >= (_UNSOLD_HAN_MIN if is_han(name) else _UNSOLD_LATIN_MIN)


def _begins(name: str, brand: str) -> bool:
    words = [token.text for token in tokens(name)]
    return any(key_of(words[:count]) == brand for count in range(1, len(words)))
