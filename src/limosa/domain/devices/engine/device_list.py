"""The list of device models, as read from its files, and how a model is found in it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from limosa.domain.devices.engine.words import in_latin, plain, tokens


class Takes(StrEnum):
    """What the list says of a model or a version of it."""

    YES = "yes"
    NO = "no"
    CONDITIONAL = "conditional"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceModel:
    """A model: what its maker sells under one name.

    `codes`: identifiers, device codes, or beginnings of model numbers, as `match_kind` says.
    `rules`: the names of the rules that apply to it. `is_sure`: somebody else than the compiler
    says so.
    """

    brand: str
    name: str
    kind: str
    platform: str
    match_kind: str
    codes: tuple[str, ...]
    takes: Takes
    year: int
    rules: tuple[str, ...]
    is_sure: bool
    source: str
    as_of: str

    @property
    def full_name(self) -> str:
        """The name with the maker's, unless it says that already or everybody knows it."""
        known = self.brand == "Apple" or self.brand.casefold() in self.name.casefold()
        return self.name if known else f"{self.brand} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppleNumber:
    """A model number of Apple's: a version of a model, made for certain markets."""

    number: str
    model: str
    markets: tuple[str, ...]
    sim: tuple[str, ...]
    takes: Takes
    is_sure: bool
    source: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SamsungSuffix:
    """What the letters at the end of a model number of Samsung's say."""

    suffix: str
    takes: Takes
    is_sure: bool


@dataclass(frozen=True, kw_only=True)
class DeviceList:
    """Everything that a check looks up. Build it once: finding by name needs an index."""

    models: tuple[DeviceModel, ...]
    apple_numbers: Mapping[str, AppleNumber]
    part_markets: Mapping[str, frozenset[str]]
    samsung_suffixes: Mapping[str, SamsungSuffix]

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The words of the models' names."""
        words = {one for model in self.models for one in tokens(in_latin(plain(model.full_name)))}
        return frozenset(one for one in words if one.isalpha()) | {"iphone", "ipad", "galaxy"}

    @cached_property
    def names(self) -> Mapping[tuple[str, ...], tuple[DeviceModel, ...]]:
        """The models by each of the names that people use, as tokens."""
        found: dict[tuple[str, ...], list[DeviceModel]] = {}
        for model in self.models:
            for name in dict.fromkeys(self._names_of(model)):
                found.setdefault(name, []).append(model)
        return {name: tuple(models) for name, models in found.items()}

    @cached_property
    def codes(self) -> Mapping[str, tuple[DeviceModel, ...]]:
        """The models by code in lower case, but for beginnings of model numbers."""
        found: dict[str, list[DeviceModel]] = {}
        for model in self.models:
            if model.match_kind != "android_model_prefix":
                for code in model.codes:
                    found.setdefault(code.casefold(), []).append(model)
        return {code: tuple(models) for code, models in found.items()}

    @cached_property
    def samsung_models(self) -> Mapping[str, DeviceModel]:
        """Samsung's models by the beginning of their model numbers: SM-S921."""
        kind = "android_model_prefix"
        return {
            code: model for model in self.models if model.match_kind == kind for code in model.codes
        }

    @cached_property
    def apple_models(self) -> Mapping[str, DeviceModel]:
        """Apple's models by name."""
        return {model.name: model for model in self.models if model.brand == "Apple"}

    def _names_of(self, model: DeviceModel) -> Iterator[tuple[str, ...]]:
        for name in _spellings(model):
            found = tuple(tokens(in_latin(plain(name)), vocabulary=self.vocabulary))
            yield found
            yield from _shorter(found)
            if "gen" in found:
                without = tuple(one for one in found if one != "gen")
                yield without
                yield from _shorter(without)


def _spellings(model: DeviceModel) -> Iterator[str]:
    """Return how a model is written: by its name, and by what people call it besides."""
    name = model.name
    yield name
    yield name.replace(" Cellular", "")
    if not name.casefold().startswith(model.brand.casefold()):
        yield f"{model.brand} {name}"
    if name.startswith("iPhone SE (") and model.year:
        yield f"iPhone SE {model.year}"
    yield from _ALSO.get(name.replace(" Cellular", ""), ())


# What people call them, besides their names.
_ALSO: Mapping[str, Iterable[str]] = {
    "iPhone SE (1st generation)": ("iPhone SE 2016",),
    "iPad (A16)": ("iPad 11", "iPad (11th generation)"),
    "iPad mini (A17 Pro)": ("iPad mini 7", "iPad mini (7th generation)"),
    "iPad Air 11-inch (M2)": ("iPad Air M2 11", "iPad Air 6 11", "iPad Air M2"),
    "iPad Air 13-inch (M2)": ("iPad Air M2 13", "iPad Air 6 13", "iPad Air M2"),
    "iPad Air 11-inch (M3)": ("iPad Air M3 11", "iPad Air 7 11", "iPad Air M3"),
    "iPad Air 13-inch (M3)": ("iPad Air M3 13", "iPad Air 7 13", "iPad Air M3"),
    "iPad Pro 11-inch (M4)": ("iPad Pro M4 11", "iPad Pro M4"),
    "iPad Pro 13-inch (M4)": ("iPad Pro M4 13", "iPad Pro M4"),
    "iPad Pro 11-inch (M5)": ("iPad Pro M5 11", "iPad Pro M5"),
    "iPad Pro 13-inch (M5)": ("iPad Pro M5 13", "iPad Pro M5"),
    "iPhone Air": ("iPhone 17 Air",),
}


def _shorter(name: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Return a name without the family that everybody leaves out, where it stays clear."""
    if name[:1] == ("iphone",) and (name[1:2] in (("xs",), ("xr",)) or name[2:] == ("pro", "max")):
        yield name[1:]
    if name[:1] == ("galaxy",) and len(name) > 2:
        yield name[1:]
        if name[1:2] == ("z",):
            yield name[2:]
            yield ("galaxy", *name[2:])
    if name[:2] == ("google", "pixel"):
        yield name[1:]
