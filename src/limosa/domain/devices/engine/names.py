"""Which models a text names."""

from dataclasses import dataclass

from limosa.domain.devices.engine.device_list import DeviceList, DeviceModel
from limosa.domain.devices.engine.words import BRANDS, STOP_WORDS, tokens

CANDIDATES_MAX = 12
_MEMORY_SIZES = frozenset({"64", "128", "256", "512"})
_FAMILIES = frozenset({"iphone", "ipad", "galaxy", "pixel"})


@dataclass(frozen=True, slots=True)
class NamedModels:
    """What a text names. `models`: of one name, or of several different ones.

    `is_whole`: nothing of the text is left over. `is_clear`: nothing that could name another model.
    `begins`: the models whose names begin with what the text has, where it has no whole name.
    `is_brand_known`: the text names a maker or a family.
    """

    models: tuple[DeviceModel, ...]
    is_whole: bool
    is_clear: bool = False
    begins: tuple[DeviceModel, ...] = ()
    is_brand_known: bool = False

    @property
    def is_one_name(self) -> bool:
        """Whether it is clear which name is meant."""
        return len({model.name for model in self.models}) == 1


def named_models(text: str, devices: DeviceList) -> NamedModels:
    """Return the models that a text names. `text`: as words.in_latin returns it."""
    found = tokens(text, vocabulary=devices.vocabulary)
    found = _without_repeats(found)
    brands = {one for one in found if one in BRANDS}
    spans = _spans(found, brands, devices)
    if not spans:
        return _begun(found, brands, devices)
    taken = {place for start, end, _ in spans for place in range(start, end)}
    first = spans[0][0]
    left = [
        one
        for place, one in enumerate(found)
        if place not in taken and not _says_nothing(one, is_before=place < first)
    ]
    models = tuple(dict.fromkeys(model for *_, models in spans for model in models))
    return NamedModels(
        _narrowed(models, text),
        is_whole=not left,
        is_clear=all(one > "\u3400" for one in left),
        is_brand_known=True,
    )


def _without_repeats(found: list[str]) -> list[str]:
    """Return tokens without a brand or a family that stands twice: "Samsung samsung Galaxy"."""
    known = BRANDS | _FAMILIES
    return [one for place, one in enumerate(found) if one not in known or one not in found[:place]]


def _says_nothing(token: str, *, is_before: bool) -> bool:
    if token in BRANDS or token in _MEMORY_SIZES or token in _FAMILIES:
        return True
    return token in STOP_WORDS and is_before


def _spans(
    found: list[str], brands: set[str], devices: DeviceList
) -> list[tuple[int, int, tuple[DeviceModel, ...]]]:
    """Return where names stand, the longest at each place."""
    spans = []
    place = 0
    while place < len(found):
        end, models = _longest(found, place, devices)
        fitting = tuple(model for model in models if _is_of(model, brands))
        if fitting:
            spans.append((place, end, fitting))
            place = end
        else:
            place += 1
    return spans


def _longest(
    found: list[str], place: int, devices: DeviceList
) -> tuple[int, tuple[DeviceModel, ...]]:
    for end in range(min(len(found), place + 9), place, -1):
        name = tuple(found[place:end])
        models = devices.names.get(name)
        if models and not _goes_on(name, found[end : end + 1]):
            return end, models
    return place, ()


def _goes_on(name: tuple[str, ...], after: list[str]) -> bool:
    """Tell whether a figure follows that makes it another model: "Pixel 11" is no "Pixel"."""
    is_figure = bool(after) and after[0].isdigit() and after[0] not in _MEMORY_SIZES
    return is_figure and not any(one.isdigit() for one in name)


def _is_of(model: DeviceModel, brands: set[str]) -> bool:
    """Tell whether a model may be meant where these makers are named."""
    own = model.brand.casefold()
    others = brands - {"nothing"}
    words = set(f"{own} {model.name.casefold()}".split())
    if own == "motorola":
        words.add("moto")
    return not others or bool(others & words)


def _narrowed(models: tuple[DeviceModel, ...], text: str) -> tuple[DeviceModel, ...]:
    """Return the models of one name spelled closest: "Pixel 4a" is not "Pixel 4a (5G)"."""
    if len({model.name for model in models}) < 2:
        return models
    is_5g = "5g" in text.replace(" ", "")
    closer = tuple(model for model in models if ("5G" in model.name) == is_5g)
    return closer or models


def _begun(found: list[str], brands: set[str], devices: DeviceList) -> NamedModels:
    telling = tuple(one for one in found if one not in STOP_WORDS)
    without = tuple(one for one in telling if one not in BRANDS)
    begins: dict[str, DeviceModel] = {}
    for name, models in devices.names.items():
        for wanted in (telling, without):
            if wanted and name[: len(wanted)] == wanted:
                begins |= {one.name: one for one in models if _is_of(one, brands)}
    is_known = bool(brands) or bool(set(telling) & _FAMILIES)
    some = tuple(begins.values())
    return NamedModels((), is_whole=False, begins=some, is_brand_known=is_known)
