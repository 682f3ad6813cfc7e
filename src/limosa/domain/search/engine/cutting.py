"""Cuts what was typed between two commas into names, by what it costs to leave a word over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from limosa.domain.search.engine.normalising import CONNECTIVES, Token, is_han, key_of
from limosa.domain.search.engine.terms import Form, Term

NAME_TOKENS_MAX = 12
_CODE_LENGTH = 2
# What such a text is full of, and what says nothing of where somebody goes.
_FILLERS = """
    a an the in to for of on with at my me we i is it so no as by be do am or if from near
    plan plans esim esims sim sims card cards data internet roaming travel trip
    tourist tourism holiday cheap cheapest best good buy prepaid package packages bundle wifi online
    phone phones network networks signal operator carrier need want going visit visiting traveling
    travelling country countries city only please free gratis three airport airports
    aeropuerto aeropuertos jichang
    de del la el los las en para por con un una al se lo mi y o que
    plan planes datos tarjeta viaje viajes viajar barato barata baratos mejor mejores comprar
    prepago red redes telefono movil paquete paquetes
    liuliang taocan shangwang shangwangka liuliangka lvyou luyou ka manyou shouji
    流量 流量卡 卡 套餐 旅游 旅遊 旅行 出差 留学 留學 上网 上網 上网卡 上網卡 网卡 網卡 数据 數據
    漫游 漫遊 电话卡 電話卡 手机卡 手機卡 手机 手機 网络 網路 網絡 便宜 最便宜 便宜的 推荐 推薦
    购买 購買 买 買 的 去 到 在 用 要 想 我 我想 我要 能用 可用 当地 當地 国家 國家 地区 地區
    机场 機場 免费 免費 移动网络 行動網路 移动流量 旅行卡
    运营商 運營商 包 不限速 高速 虚拟 虛擬 电子 電子
"""
FILLERS = frozenset(_FILLERS.split()) | CONNECTIVES
_FILLER_LENGTH_MAX = max(map(len, FILLERS))

_UNKNOWN, _FILLER, _NAME, _SHORT, _PART = 10.0, 0.1, 1.0, 3.0, 4.0


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a text. `terms`: what they name; none, and not `is_filler`: not understood."""

    words: tuple[str, ...]
    terms: tuple[Term, ...] = ()
    is_filler: bool = False

    @property
    def is_sure(self) -> bool:
        """Whether it is a whole name, or may be left out."""
        return self.is_filler or any(term.form < Form.SHORT for term in self.terms)


def keys_in(segment: Sequence[Token]) -> set[str]:
    """Return the keys of all runs of words that may be a name."""
    words = [token.text for token in segment]
    return {
        key_of(words[start:end])
        for start in range(len(words))
        for end in range(start + 1, min(start + NAME_TOKENS_MAX, len(words)) + 1)
    }


def cut(
    segment: Sequence[Token], known: Mapping[str, Sequence[Term]], *, is_all: bool = False
) -> list[Piece]:
    """Return the pieces of a text, by its cheapest cut: whole names rather than parts, few pieces
    rather than many, and as little as possible left over.

    is_all: nothing else was typed, so that "de" is Germany.
    """
    if is_all and len(segment) == 1 and (terms := known.get(key_of([segment[0].text]))):
        return [Piece((segment[0].text,), tuple(terms))]
    found = _cheapest(segment, known)
    if any(_is_unknown_han(piece) for piece in found):
        # 美加墨 is three countries; of 西海岸, one character is none.
        found = _cheapest(segment, {key: _without_short(terms) for key, terms in known.items()})
    return found


def _is_unknown_han(piece: Piece) -> bool:
    return not piece.terms and not piece.is_filler and is_han(piece.words[0])


def _without_short(terms: Sequence[Term]) -> list[Term]:
    return [term for term in terms if term.form is not Form.SHORT]


def _cheapest(segment: Sequence[Token], known: Mapping[str, Sequence[Term]]) -> list[Piece]:
    count = len(segment)
    best: list[tuple[float, list[Piece]]] = [(0.0, [])]
    for end in range(1, count + 1):
        options = []
        for start in range(max(0, end - NAME_TOKENS_MAX), end):
            spent, pieces = best[start]
            for cost, piece in _pieces(segment, start, end, known):
                options.append((spent + cost, [*pieces, piece]))
        best.append(min(options, key=lambda one: (one[0], len(one[1]))))
    return best[count][1]


def _pieces(
    segment: Sequence[Token], start: int, end: int, known: Mapping[str, Sequence[Term]]
) -> list[tuple[float, Piece]]:
    words = tuple(token.text for token in segment[start:end])
    text = "".join(words)
    found: list[tuple[float, Piece]] = []
    is_code = end - start == 1 and segment[start].is_capital and len(text) == _CODE_LENGTH
    if len(text) <= _FILLER_LENGTH_MAX and text in FILLERS and not is_code:
        found.append((_FILLER * len(words), Piece(words, is_filler=True)))
    terms = tuple(
        term for term in known.get(key_of(words), ()) if _may_be(term, segment, start, end)
    )
    if terms:
        found.append((min(_cost(term) for term in terms), Piece(words, terms)))
    if end - start == 1:
        is_filler = is_code and text in FILLERS
        found.append((_UNKNOWN, Piece(words, is_filler=is_filler)))
    return found


def _cost(term: Term) -> float:
    if term.form is Form.PART:
        return _PART
    return _SHORT if term.form is Form.SHORT else _NAME


def _may_be(term: Term, segment: Sequence[Token], start: int, end: int) -> bool:
    """Whether a term may be what some of the words mean: two letters are too easily a word."""
    if term.form is Form.INITIALS:
        return end - start == len(segment)
    if term.form is Form.PART and is_han(term.key):
        return _is_rest_filler(segment, start, end)
    if term.form is Form.CODE and term.label:
        # A state's code: "hi" and "or" are words.
        return end - start == 1 and (segment[start].is_capital or len(segment) == 1)
    if len(term.key) == _CODE_LENGTH and term.key in FILLERS:
        return end - start == 1 and segment[start].is_capital
    return True


def _is_rest_filler(segment: Sequence[Token], start: int, end: int) -> bool:
    rest = [token.text for token in (*segment[:start], *segment[end:])]
    return all(text in FILLERS for text in rest) or "".join(rest) in FILLERS


def without_fillers(segment: Sequence[Token]) -> list[Token]:
    """Return the words that are not fillers by themselves."""
    return [token for token in segment if token.text not in FILLERS]
