"""Which of several places that a text may mean comes first.

What was typed whole comes before what it begins, and that before what is one error away. A clear
name comes before another one; for whoever reads Chinese, pinyin before a country's code. Then the
place that more people travel to; then the shorter name. Nothing is learned from anybody's searches.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from limosa.domain.search.engine.terms import Form, Kind, Term, unsold_target

# Where people who buy abroad travel most, by the arrivals that UN Tourism publishes and our own
# judgement for eSIMs; only the order of equals follows from it.
_POPULAR = """
    US JP KR TH CN HK TW SG GB FR IT ES DE MX CA AU TR VN MY ID AE CH GR NL PT AT NZ MO PH IN EG
    BR SA MA r:europe r:asia r:worldwide IE CZ BE SE DK NO FI IS PL HU HR KH LK NP MV QA IL JO
    ZA KE TZ PE CL AR CO CR PA DO PR CU JM BS RU UA GE KZ UZ r:southeast-asia r:north-america
    r:latin-america r:middle-east r:africa
"""
_PLACES = {target: place for place, target in enumerate(_POPULAR.split())}
# How far a city's name comes behind that of a country.
_PLACES_AFTER_A_COUNTRY = 15
_UNSOLD = unsold_target("")
_CHINESE = {Form.PINYIN: 1.5, Form.INITIALS: 1.6}


class How(IntEnum):
    """How a term was met."""

    WHOLE = 0
    BEGINNING = 1
    ERROR = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A term that a text may mean."""

    term: Term
    how: How = How.WHOLE

    @property
    def is_guess(self) -> bool:
        """Whether more than what was typed is assumed."""
        return self.how is not How.WHOLE or self.term.form is Form.PART


def popular(count: int) -> list[str]:
    """Return the countries that most people travel to."""
    return [target for target in _PLACES if len(target) == 2][:count]


def popularity(targets: tuple[str, ...]) -> int:
    """Return a place's position among the popular ones; behind them all, if it is none."""
    return min(_PLACES.get(target, len(_PLACES)) for target in targets)


def ranked(candidates: Iterable[Candidate], *, language: str) -> tuple[Candidate, ...]:
    """Return the candidates in order, each target once: for whoever does not read Chinese, pinyin
    only where it is no name."""
    in_order = sorted(candidates, key=lambda one: _order(one, language))
    if not language.startswith("zh") and not all(map(_is_spelled, in_order)):
        in_order = [one for one in in_order if not _is_spelled(one)]
    found: dict[tuple[str, ...], Candidate] = {}
    for one in in_order:
        found.setdefault(one.term.targets, one)
    return tuple(found.values())


def is_clear(one: Candidate, *, language: str) -> bool:
    """Whether a term is a name that its reader would say."""
    form = one.term.form
    return form < Form.CODE or (language.startswith("zh") and form in _CHINESE)


def _is_spelled(one: Candidate) -> bool:
    return one.term.form in _CHINESE


def _order(one: Candidate, language: str) -> tuple[float, ...]:
    term = one.term
    form = _CHINESE.get(term.form, term.form) if language.startswith("zh") else term.form
    known = popularity(term.targets) + (_PLACES_AFTER_A_COUNTRY if term.label else 0)
    is_unsold = term.targets[0].startswith(_UNSOLD)
    is_carrier, count = term.kind is Kind.CARRIER, len(term.targets)
    if one.how is How.WHOLE:
        return one.how, is_unsold, form, is_carrier, bool(term.label), known, count, len(term.key)
    # Of names that are only begun, the likelier place counts more than how it is named.
    return one.how, is_unsold, term.form is Form.PART, is_carrier, known, count, form, len(term.key)
