"""The device check: from what somebody typed or pasted to an answer. Any text gets one."""

import re
from dataclasses import replace

from limosa.domain.devices.engine import android, apple
from limosa.domain.devices.engine.answers import Answer, Look, Reason, Trap, Verdict
from limosa.domain.devices.engine.codes import FoundCodes, found_codes
from limosa.domain.devices.engine.device_list import AppleNumber, DeviceList, DeviceModel
from limosa.domain.devices.engine.markets import markets_said
from limosa.domain.devices.engine.names import CANDIDATES_MAX, NamedModels, named_models
from limosa.domain.devices.engine.numbers import Kind, long_numbers
from limosa.domain.devices.engine.words import in_latin, plain

_WATCH = re.compile(r"watch|手表|手錶|\breloj")
# With these, a chip alone does not take profiles of any carrier.
_CHIP_IS_NOT_ENOUGH = frozenset(
    {
        Reason.APPLE_AIR_MAINLAND,
        Reason.AIR_MAINLAND_OR_NOT,
        Reason.IPAD_MAINLAND,
        Reason.PIXEL_2,
        Reason.WATCH,
    }
)
# These have no chip: an EID beside one of them is another device's.
_NO_CHIP = frozenset({Reason.APPLE_MAINLAND, Reason.APPLE_MAINLAND_HK_MACAO, Reason.TOO_OLD})


def check_device(typed: str, devices: DeviceList) -> Answer:
    """Return whether the device that is typed takes eSIMs.

    `typed`: the name of a model, a maker's number, what `*#06#` shows, or several of these.
    """
    text = plain(typed)
    numbers = long_numbers(text)
    codes = found_codes(numbers.rest.strip(), devices)
    markets, rest = markets_said(codes.rest)
    named = named_models(in_latin(rest), devices)
    device = _device(codes, named, markets, devices)
    if _WATCH.search(rest) and (device is None or not device.model):
        return Answer(verdict=Verdict.NO, reason=Reason.WATCH)
    if Kind.EID in numbers.kinds:
        return _with_chip(device)
    if device is not None:
        return device
    return _of_numbers(numbers.kinds) or _of_nothing(named, is_empty=not rest.strip())


def _with_chip(device: Answer | None) -> Answer:
    """Return what an EID says: there is a chip for eSIMs, but it may be locked."""
    if device is not None and device.reason in _CHIP_IS_NOT_ENOUGH:
        return device
    if device is not None and device.reason is Reason.PART_MAINLAND:  # Then, an iPhone Air.
        return replace(device, verdict=Verdict.DEPENDS)
    if device is not None and device.reason in _NO_CHIP:
        return _contradiction((device.model,))
    model = "" if device is None else device.model
    return Answer(
        verdict=Verdict.YES,
        reason=Reason.EID,
        look=Look.APPLE_LOCK if model.startswith(("iPhone", "iPad")) else Look.ANDROID_LOCK,
        model=model,
        traps=(Trap.LOCK, Trap.AIR_MAINLAND),
    )


def _of_numbers(kinds: frozenset[Kind]) -> Answer | None:
    if Kind.IMEI in kinds:
        return Answer(verdict=Verdict.UNKNOWN, reason=Reason.IMEI_ONLY, look=Look.EID)
    if Kind.SIM in kinds:
        return Answer(verdict=Verdict.UNKNOWN, reason=Reason.SIM_NUMBER, look=Look.EID)
    if Kind.MISTYPED in kinds:
        return Answer(verdict=Verdict.UNKNOWN, reason=Reason.MISTYPED, look=Look.AGAIN)
    return None


def _of_nothing(named: NamedModels, *, is_empty: bool) -> Answer:
    if is_empty:
        return Answer(verdict=Verdict.UNKNOWN, reason=Reason.NOTHING, look=Look.MODEL)
    names = _names(named.begins)
    if names and len(names) <= CANDIDATES_MAX:
        return Answer(
            verdict=Verdict.DEPENDS, reason=Reason.WHICH_MODEL, look=Look.MODEL, candidates=names
        )
    reason = Reason.WHICH_MODEL if names else Reason.NOT_ON_LIST
    return Answer(verdict=Verdict.UNKNOWN, reason=reason, look=Look.MODEL if names else Look.EID)


def _device(
    codes: FoundCodes, named: NamedModels, markets: frozenset[str], devices: DeviceList
) -> Answer | None:
    """Return what is said of the device by its codes and names; None: neither is there."""
    if codes.apple or codes.strange_apple:
        part_markets = devices.part_markets.get(codes.part_suffix, frozenset())
        return _by_apple_numbers(codes, named, part_markets)
    if codes.samsung:
        return _one([android.by_samsung_number(number, devices) for number in codes.samsung], named)
    if codes.part_suffix:
        markets = devices.part_markets.get(codes.part_suffix, frozenset())
        if not codes.models and not named.models:
            return apple.by_part_alone(markets)
    if codes.models:
        return _by_code(codes.models, named, markets)
    return _by_name(named, markets) if named.models else None


def _by_apple_numbers(
    codes: FoundCodes, named: NamedModels, part_markets: frozenset[str]
) -> Answer:
    numbers = codes.apple
    if codes.strange_apple or not numbers:
        return Answer(verdict=Verdict.UNKNOWN, reason=Reason.NOT_ON_LIST, look=Look.EID)
    models = (*named.models, *codes.models)
    is_other_part = part_markets == {"CN"} and "CN" not in numbers[0].markets
    is_other = is_other_part or len(numbers) > 1 or bool(codes.samsung)
    if is_other or not all(apple.fits(numbers[0], model) for model in models):
        names = (*(one.model for one in numbers), *_names(models))
        return _contradiction(names, numbers)
    return apple.by_number(numbers[0])


def _contradiction(names: tuple[str, ...], numbers: tuple[AppleNumber, ...] = ()) -> Answer:
    look = Look.APPLE_NUMBER if numbers else Look.MODEL
    different = tuple(dict.fromkeys(names))[:CANDIDATES_MAX]
    return Answer(
        verdict=Verdict.UNKNOWN, reason=Reason.CONTRADICTION, look=look, candidates=different
    )


def _one(answers: list[Answer], named: NamedModels) -> Answer:
    """Return the answer that all agree on, if the name that is there as well agrees with them."""
    first = answers[0]
    named_here = _names(named.models)
    is_other = bool(first.model and named_here) and not _is_same(first.model, named_here)
    if is_other or any(one != first for one in answers):
        return _contradiction((*(one.model for one in answers if one.model), *named_here))
    return first


def _is_same(model: str, names: tuple[str, ...]) -> bool:
    return any(name in model or model in name for name in names)


def _by_code(
    models: tuple[DeviceModel, ...], named: NamedModels, markets: frozenset[str]
) -> Answer:
    answers = [_of_model(model, markets) for model in models]
    if len({model.full_name for model in models}) > 1:
        return _several(answers)
    return _one(answers[:1], named)


def _by_name(named: NamedModels, markets: frozenset[str]) -> Answer:
    answers = [_of_model(model, markets) for model in named.models]
    is_yes = any(one.verdict is Verdict.YES for one in answers)
    if not (named.is_whole or (named.is_clear and not is_yes)):
        return Answer(
            verdict=Verdict.UNKNOWN,
            reason=Reason.IN_PART,
            look=Look.MODEL,
            candidates=_names(named.models)[:CANDIDATES_MAX],
        )
    if not named.is_one_name:
        return _several(answers)
    return answers[0]


def _several(answers: list[Answer]) -> Answer:
    """Return an answer about several models: what holds for all of them, if anything does."""
    verdicts = {one.verdict for one in answers}
    names = tuple(dict.fromkeys(one.model for one in answers))
    verdict = verdicts.pop() if len(verdicts) == 1 else Verdict.DEPENDS
    first = answers[0]
    return replace(
        first,
        verdict=verdict if verdict is not Verdict.YES else Verdict.DEPENDS,
        reason=Reason.SEVERAL,
        look=Look.MODEL,
        model="",
        candidates=names[:CANDIDATES_MAX],
    )


def _of_model(model: DeviceModel, markets: frozenset[str]) -> Answer:
    return apple.by_model(model, markets) if model.brand == "Apple" else android.by_model(model)


def _names(models: tuple[DeviceModel, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(model.full_name for model in models))
