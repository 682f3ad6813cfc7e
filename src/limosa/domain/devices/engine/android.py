"""What the list says of devices that are not Apple's."""

from limosa.domain.devices.engine.answers import Answer, Look, Reason, Trap, Verdict
from limosa.domain.devices.engine.codes import SamsungNumber
from limosa.domain.devices.engine.device_list import DeviceList, DeviceModel, Takes

_SUFFIXES, _A_REGION, _NOT_LISTED = "samsung-suffix", "samsung-a-region", "samsung-not-listed"
_WATCH = "watch"
_OPEN = {
    "pixel2-fi": Reason.PIXEL_2,
    "pixel3": Reason.PIXEL_3,
    "pixel3a": Reason.PIXEL_3A,
    _SUFFIXES: Reason.SAMSUNG_OPEN,
    "cn-variants": Reason.CHINA_OPEN,
    "carrier-market": Reason.MARKET_OPEN,
}
_TRAPS_OF_RULES = {"pixel10-us": Trap.NO_TRAY}
# The chip of a Pixel 2 is no answer: it takes one carrier's eSIMs.
_LOOKS = {Reason.SAMSUNG_OPEN: Look.SAMSUNG_NUMBER, Reason.PIXEL_2: Look.NONE}
# Korean versions take eSIMs from these on (samsung_suffix_rules.csv, suffix N).
_KOREA_FIRST_YEAR = 2023
_KOREA_EARLIER = frozenset({"Galaxy Z Fold4", "Galaxy Z Flip4"})
_UNLOCKED_US_FIRST_YEAR = 2022


def by_model(model: DeviceModel) -> Answer:
    """Return what is known of a model by its name or its code."""
    if _WATCH in model.rules:
        return _answer(model, Verdict.NO, Reason.WATCH, look=Look.NONE)
    if model.takes is Takes.NO:
        is_absent = _NOT_LISTED in model.rules
        reason = Reason.SAMSUNG_NOT_LISTED if is_absent else Reason.TOO_OLD
        return _answer(model, Verdict.NO, reason, look=Look.EID if is_absent else Look.NONE)
    if model.takes is Takes.YES and model.is_sure:
        traps = [_TRAPS_OF_RULES[rule] for rule in model.rules if rule in _TRAPS_OF_RULES]
        return _answer(
            model, Verdict.YES, Reason.ON_LIST, look=Look.ANDROID_LOCK, traps=(*traps, Trap.LOCK)
        )
    reason = next((_OPEN[rule] for rule in model.rules if rule in _OPEN), Reason.MARKET_OPEN)
    is_samsung = reason is Reason.SAMSUNG_OPEN
    return _answer(
        model,
        Verdict.DEPENDS,
        reason,
        look=_LOOKS.get(reason, Look.EID),
        traps=(Trap.KOREA, Trap.LOCK) if is_samsung else (Trap.LOCK,),
    )


def by_samsung_number(number: SamsungNumber, devices: DeviceList) -> Answer:
    """Return what a model number of Samsung's says, with the letters at its end."""
    model = number.model
    if model is None:
        return Answer(verdict=Verdict.UNKNOWN, reason=Reason.NOT_ON_LIST, look=Look.EID)
    if model.takes is not Takes.CONDITIONAL or not number.suffix:
        return by_model(model)
    reason = _reason_of_suffix(number.suffix, model, devices)
    if reason is Reason.SAMSUNG_VERSION:
        return _answer(model, Verdict.YES, reason, look=Look.ANDROID_LOCK, traps=(Trap.LOCK,))
    if reason is Reason.SAMSUNG_KOREA_EARLY:
        return _answer(model, Verdict.NO, reason, look=Look.EID, traps=(Trap.KOREA,))
    return _answer(model, Verdict.DEPENDS, reason, look=Look.EID, traps=(Trap.LOCK,))


def _reason_of_suffix(suffix: str, model: DeviceModel, devices: DeviceList) -> Reason:
    told = devices.samsung_suffixes.get(suffix)
    is_late = model.year >= _KOREA_FIRST_YEAR or model.name in _KOREA_EARLIER
    is_fine_in_us = model.year >= _UNLOCKED_US_FIRST_YEAR
    special = {
        "0": Reason.SAMSUNG_GREATER_CHINA,
        "N": Reason.SAMSUNG_VERSION if is_late else Reason.SAMSUNG_KOREA_EARLY,
        "U": Reason.SAMSUNG_US,
        "U1": Reason.SAMSUNG_VERSION if is_fine_in_us else Reason.SAMSUNG_US,
    }
    if told is None or not told.is_sure or (_A_REGION in model.rules and suffix != "0"):
        return Reason.MARKET_OPEN
    is_yes = told.takes is Takes.YES
    return special.get(suffix, Reason.SAMSUNG_VERSION if is_yes else Reason.MARKET_OPEN)


def _answer(
    model: DeviceModel,
    verdict: Verdict,
    reason: Reason,
    *,
    look: Look,
    traps: tuple[Trap, ...] = (),
) -> Answer:
    return Answer(
        verdict=verdict,
        reason=reason,
        look=look,
        model=model.full_name,
        traps=traps,
        source=model.source,
        as_of=model.as_of,
    )
