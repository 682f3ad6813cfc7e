"""The codes by which makers tell versions of a model apart, found in a text."""

import re
from dataclasses import dataclass

from limosa.domain.devices.engine.device_list import AppleNumber, DeviceList, DeviceModel

_APPLE_NUMBER = re.compile(r"(?<![a-z0-9-])a([0-9]{4})(?![a-z0-9])|^a ([0-9]{4})$")
_IDENTIFIER = re.compile(r"(?<![a-z0-9])(iphone|ipad) ?([0-9]{1,2}),([0-9]{1,2})(?![0-9])")
# The first letter says new, refurbished, replaced, engraved or demonstration.
_PART = re.compile(r"(?<![a-z0-9])[mfnp3][a-z0-9]{3,4}?([a-z]{1,2})/([a-d])(?![a-z0-9])")
_PART_SUFFIX = re.compile(r"(?<![a-z0-9])([a-z]{1,2}) ?/ ?a(?![a-z0-9])")
_SAMSUNG = re.compile(
    r"(?<![a-z0-9])(?:sm[- ]?)([a-z][0-9]{3})([0-9a-z]{0,3})(?:/[a-z]{2})?(?![a-z0-9])"
)
_SAMSUNG_SHORT = re.compile(r"(?<![a-z0-9-])([agnsf][0-9]{3})([0-9a-z]{1,2})(?:/ds)?(?![a-z0-9])")
_MODEL_CODE = re.compile(r"(?<![a-z0-9])[a-z0-9]{2,6}(?:[-_][a-z0-9]+)+(?![a-z0-9])")


@dataclass(frozen=True, slots=True)
class SamsungNumber:
    """A model number of Samsung's. `model` None: not on the list."""

    model: DeviceModel | None
    suffix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCodes:
    """What codes a text has, and the text without them.

    `strange_apple`: it has the form of a model number of Apple's but is not on the list.
    `part_suffix`: the end of a part number of Apple's, as "CH/A".
    """

    apple: tuple[AppleNumber, ...] = ()
    strange_apple: bool = False
    part_suffix: str = ""
    samsung: tuple[SamsungNumber, ...] = ()
    models: tuple[DeviceModel, ...] = ()
    rest: str = ""


def found_codes(text: str, devices: DeviceList) -> FoundCodes:
    """Return the codes in a text. `text`: in lower case, of plain characters."""
    models = _whole(text, devices)
    if models:
        return FoundCodes(models=models)
    numbers = [f"A{near or apart}" for near, apart in _APPLE_NUMBER.findall(text)]
    rest = _APPLE_NUMBER.sub(" ", text)
    suffix, rest = _part_suffix(rest, devices)
    models += _identified(rest, devices)
    rest = _IDENTIFIER.sub(" ", rest) if models else rest
    samsung, rest = _samsung(rest, devices)
    models += tuple(
        model for code in _MODEL_CODE.findall(rest) for model in devices.codes.get(code, ())
    )
    rest = _MODEL_CODE.sub(lambda one: " " if one[0] in devices.codes else one[0], rest)
    return FoundCodes(
        apple=tuple(
            devices.apple_numbers[one]
            for one in dict.fromkeys(numbers)
            if one in devices.apple_numbers
        ),
        strange_apple=any(one not in devices.apple_numbers for one in numbers),
        part_suffix=suffix,
        samsung=samsung,
        models=tuple(dict.fromkeys(models)),
        rest=rest,
    )


def _whole(text: str, devices: DeviceList) -> tuple[DeviceModel, ...]:
    """Return the models whose code is the whole text: codes such as "coral" are words, too."""
    bare = text.strip(" .,;:'\"()")
    return devices.codes.get(bare, ()) or devices.codes.get(bare.replace(" ", "_"), ())


def _identified(text: str, devices: DeviceList) -> tuple[DeviceModel, ...]:
    found = (f"{kind}{major},{minor}" for kind, major, minor in _IDENTIFIER.findall(text))
    return tuple(model for code in found for model in devices.codes.get(code, ()))


def _part_suffix(text: str, devices: DeviceList) -> tuple[str, str]:
    for form in (_PART, _PART_SUFFIX):
        for found in form.finditer(text):
            suffix = f"{found[1]}/a".upper()
            if form is _PART or suffix in devices.part_markets:
                return suffix, text.replace(found[0], " ")
    return "", text


def _samsung(text: str, devices: DeviceList) -> tuple[tuple[SamsungNumber, ...], str]:
    numbers = []
    for form in (_SAMSUNG, _SAMSUNG_SHORT):
        for found in form.finditer(text):
            model = devices.samsung_models.get(f"SM-{found[1].upper()}")
            if model is None and form is _SAMSUNG_SHORT:
                continue
            numbers.append(SamsungNumber(model, found[2].upper()))
            text = text.replace(found[0], " ")
    return tuple(numbers), text
