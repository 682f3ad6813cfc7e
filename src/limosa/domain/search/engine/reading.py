"""What a text means: places, carriers, and what the plan has to be."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from limosa.domain.search.engine.cutting import Piece, cut, keys_in, without_fillers
from limosa.domain.search.engine.normalising import Token, is_han, key_of, tokens
from limosa.domain.search.engine.plan_words import PlanWords, plan_words
from limosa.domain.search.engine.ranking import Candidate, How, is_clear, ranked
from limosa.domain.search.engine.terms import Form, Kind, Term, unsold_target
from limosa.domain.search.engine.typing_errors import is_one_error

PLACES_MAX = 8
_UNSOLD = unsold_target("")
GUESSES_MAX = 6
# How many characters of a name are enough for a guess, alone and beside another name: a Han
# character says as much as two Latin letters.
_BEGUN_ALONE, _BEGUN_BESIDE = 2, 4


class Lookup(Protocol):
    """The terms, by key."""

    def whole(self, keys: Iterable[str]) -> Mapping[str, Sequence[Term]]:
        """Return the terms with each of the keys."""
        ...

    def begun(self, key: str) -> Sequence[Term]:
        """Return terms whose keys begin with one, the popular ones first; not all of very many."""
        ...

    def near(self, key: str) -> Sequence[Term]:
        """Return at least the terms whose keys are one error away."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text means. `slots`: for each name in it, what it may mean, the likeliest first;
    `left`: words that nothing was found for; `is_open`: it only has words such as "eSIM", which fit
    every plan."""

    words: PlanWords = field(default_factory=PlanWords)
    slots: tuple[tuple[Candidate, ...], ...] = ()
    left: tuple[str, ...] = ()
    is_open: bool = False

    @property
    def is_guess(self) -> bool:
        """Whether more than what was typed is assumed."""
        return any(slot[0].is_guess for slot in self.slots)

    @property
    def places(self) -> tuple[str, ...]:
        """The places that are wanted, by the likeliest meaning of each name."""
        return self._targets(Kind.PLACE)[:PLACES_MAX]

    @property
    def carriers(self) -> tuple[str, ...]:
        """The carriers that are wanted, likewise; of a name that several have, all of them."""
        return tuple(one for one in self._targets(Kind.CARRIER) if not one.startswith(_UNSOLD))

    @property
    def unsold(self) -> tuple[str, ...]:
        """The carriers that are wanted and that nothing is sold of."""
        return tuple(one for one in self._targets(Kind.CARRIER) if one.startswith(_UNSOLD))

    def _targets(self, kind: Kind) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for slot in self.slots:
            if slot[0].term.kind is kind:
                found |= dict.fromkeys(slot[0].term.targets)
        return tuple(found)


def read(text: str, lookup: Lookup, *, language: str, is_exact: bool = False) -> Reading:
    """Return what a text means to whoever reads a language.

    is_exact: only whole names count, neither what a text begins nor what it may be short of.
    """
    words, rest = plan_words(text, is_exact=is_exact)
    segments = _segments(tokens(rest))
    known = lookup.whole({one for segment in segments for one in keys_in(segment)})
    if is_exact:
        known = {key: _without_parts(terms) for key, terms in known.items()}
    guesser = _Guesser(lookup, language, 0 if is_exact else GUESSES_MAX)
    slots: list[tuple[Candidate, ...]] = []
    left: list[str] = []
    is_open = bool(segments) and not words
    for segment in segments:
        is_all = len(segments) == 1 and not words
        pieces = cut(segment, known, is_all=is_all)
        is_open = is_open and all(piece.is_filler for piece in pieces)
        found, over = _meanings(segment, pieces, guesser)
        slots += found
        left += over
    in_agreement = _agreed(slots, language)
    return Reading(words, _each_once(in_agreement), tuple(left), is_open and not left)


def _without_parts(terms: Sequence[Term]) -> Sequence[Term]:
    return [term for term in terms if term.form is not Form.PART]


def _segments(found: Sequence[Token]) -> list[list[Token]]:
    segments: list[list[Token]] = []
    for token in found:
        if token.is_first:
            segments.append([])
        segments[-1].append(token)
    return segments


class _Guesser:
    """Looks for what a text may be the beginning of, or one error away from; a few times only."""

    def __init__(self, lookup: Lookup, language: str, most: int) -> None:
        self._lookup = lookup
        self._left = most
        self.language = language

    def whole(self, terms: Iterable[Term]) -> tuple[Candidate, ...]:
        """Return what a whole name means."""
        return ranked(map(Candidate, terms), language=self.language)

    def guess(self, typed: str, *, begun_from: int) -> tuple[Candidate, ...]:
        """Return what a text may mean that is no name. begun_from: as long a beginning counts."""
        if not typed or self._left <= 0:
            return ()
        self._left -= 1
        least = begun_from // 2 if is_han(typed) else begun_from
        if len(typed) >= least and (terms := self._lookup.begun(typed)):
            begun = (Candidate(term, How.BEGINNING) for term in terms)
            return ranked(begun, language=self.language)
        near = (
            Candidate(term, How.ERROR)
            for term in self._lookup.near(typed)
            if term.form is not Form.PART and is_one_error(typed, term.key)
        )
        return ranked(near, language=self.language)


def _meanings(
    segment: Sequence[Token], pieces: Sequence[Piece], guesser: _Guesser
) -> tuple[list[tuple[Candidate, ...]], list[str]]:
    """Return what the names of a text mean, and its words that mean nothing."""
    is_whole = len(pieces) == 1 and pieces[0].terms
    if not is_whole and not all(piece.is_sure for piece in pieces) and not _are_short(pieces):
        # "las v" is the beginning of a name, though "las" by itself is left out.
        wholes = dict.fromkeys(
            key_of([token.text for token in some]) for some in (segment, without_fillers(segment))
        )
        for whole in wholes:
            if guessed := guesser.guess(whole, begun_from=_BEGUN_ALONE):
                return [guessed], []
    slots: list[tuple[Candidate, ...]] = []
    left: list[str] = []
    is_known = any(piece.terms for piece in pieces)
    for piece in _joined(pieces):
        if piece.is_filler:
            continue
        begun_from = _BEGUN_BESIDE if is_known else _BEGUN_ALONE
        found = (
            guesser.whole(piece.terms)
            if piece.terms
            else guesser.guess(key_of(piece.words), begun_from=begun_from)
        )
        if found:
            slots.append(found)
        else:
            left.append(_written(piece.words))
    return slots, left


def _are_short(pieces: Sequence[Piece]) -> bool:
    """Whether a text is made of single characters that stand for places, as 美加墨 is."""
    return all(piece.terms or piece.is_filler for piece in pieces) and all(
        is_han(word) for piece in pieces for word in piece.words
    )


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces, with Han characters beside each other that mean nothing in one."""
    found: list[Piece] = []
    for piece in pieces:
        last = found[-1] if found else None
        is_over = not piece.terms and not piece.is_filler and is_han(piece.words[0])
        if is_over and last and not last.terms and not last.is_filler and is_han(last.words[0]):
            found[-1] = replace(last, words=(*last.words, *piece.words))
        else:
            found.append(piece)
    return found


def _written(words: tuple[str, ...]) -> str:
    return ("" if is_han(words[0]) else " ").join(words)


def _agreed(slots: Sequence[tuple[Candidate, ...]], language: str) -> list[tuple[Candidate, ...]]:
    """Return the slots, where a name that may mean what another says for certain means that:
    "Georgia, USA". Not where it would be a code or pinyin: "US + CA", "Paris and Bali"."""
    certain = {slot[0].term.targets for slot in slots if len(slot) == 1}

    def is_other(one: Candidate) -> bool:
        return one.term.targets not in certain or not is_clear(one, language=language)

    return [tuple(sorted(slot, key=is_other)) for slot in slots]


def _each_once(slots: Sequence[tuple[Candidate, ...]]) -> tuple[tuple[Candidate, ...], ...]:
    """Return the slots, of two that mean the same the first."""
    found: dict[tuple[str, ...], tuple[Candidate, ...]] = {}
    for slot in slots:
        found.setdefault(slot[0].term.targets, slot)
    return tuple(found.values())
