"""What the list says of Apple's devices. The version decides, not the model: it is known by the
model number, by the end of the part number, or by the market it was made for.

Sources: Apple support 118569; the rules in limosa/data/devices/device_rules.csv.
"""

from limosa.domain.devices.engine.answers import Answer, Look, Reason, Trap, Verdict
from limosa.domain.devices.engine.device_list import AppleNumber, DeviceList, DeviceModel, Takes

_MAINLAND, _WITH_HK_MACAO, _AIR, _IPAD = (
    "apple-cn",
    "apple-cn-hk",
    "apple-air-cn",
    "apple-ipad-cn",
)
_US_ONLY, _SEVENTEEN = "apple-us-esim-only", "apple-17-esim-only"
# Markets of the iPhone 17 without a tray (device_rules.csv, apple-17-esim-only).
_TRAYLESS_17 = frozenset({"BH", "CA", "GU", "JP", "KW", "MX", "OM", "QA", "SA", "AE", "US", "VI"})


def by_number(number: AppleNumber) -> Answer:
    """Return what a model number says."""
    return _answer(number, number.model, *_of_number(number))


def _of_number(number: AppleNumber) -> tuple[Verdict, Reason]:
    is_tablet = number.model.startswith("iPad")
    if not number.is_sure:
        return Verdict.DEPENDS, Reason.APPLE_NUMBER_UNSURE
    if number.takes is Takes.NO:
        is_shared = "HK" in number.markets
        return Verdict.NO, Reason.APPLE_MAINLAND_HK_MACAO if is_shared else Reason.APPLE_MAINLAND
    if number.takes is Takes.YES:
        is_trayless = number.sim == ("esim",)
        return Verdict.YES, (
            Reason.APPLE_VERSION_ESIM_ONLY if is_trayless else Reason.APPLE_VERSION
        )
    return Verdict.DEPENDS, Reason.IPAD_MAINLAND if is_tablet else Reason.APPLE_AIR_MAINLAND


def by_model(model: DeviceModel, markets: frozenset[str]) -> Answer:
    """Return what is known of a model, made for one of these markets; empty: not known for which.

    A verdict that holds only in some of them is none.
    """
    if model.takes is Takes.NO:
        return _answer(model, model.full_name, Verdict.NO, Reason.TOO_OLD)
    if not markets:
        return _answer(model, model.full_name, Verdict.DEPENDS, _open(model))
    found = {_in_market(model, market) for market in markets}
    if len({verdict for verdict, _ in found}) > 1:
        return _answer(model, model.full_name, Verdict.DEPENDS, _open(model))
    return _answer(model, model.full_name, *min(found))


def _open(model: DeviceModel) -> Reason:
    rules = {
        _WITH_HK_MACAO: Reason.MAINLAND_HK_MACAO_OR_NOT,
        _AIR: Reason.AIR_MAINLAND_OR_NOT,
        _IPAD: Reason.IPAD_OR_NOT,
    }
    found = (reason for rule, reason in rules.items() if rule in model.rules)
    return next(found, Reason.MAINLAND_OR_NOT)


def _in_market(model: DeviceModel, market: str) -> tuple[Verdict, Reason]:
    if _IPAD in model.rules or not model.is_sure:
        return Verdict.DEPENDS, Reason.IPAD_MAINLAND if market == "CN" else Reason.IPAD_OR_NOT
    if market == "CN":
        if _AIR in model.rules:
            return Verdict.DEPENDS, Reason.APPLE_AIR_MAINLAND
        shared = _WITH_HK_MACAO in model.rules
        return Verdict.NO, Reason.APPLE_MAINLAND_HK_MACAO if shared else Reason.APPLE_MAINLAND
    if market in ("HK", "MO") and _WITH_HK_MACAO in model.rules:
        return Verdict.NO, Reason.APPLE_MAINLAND_HK_MACAO
    is_trayless = (
        (_US_ONLY in model.rules and market == "US")
        or (_SEVENTEEN in model.rules and market in _TRAYLESS_17)
        or _AIR in model.rules
    )
    return Verdict.YES, Reason.APPLE_VERSION_ESIM_ONLY if is_trayless else Reason.APPLE_VERSION


def by_part_alone(markets: frozenset[str]) -> Answer:
    """Return what a part number says where the model is not known.

    The letters before the market name no model that a list has.
    """
    if markets == {"CN"}:
        return Answer(
            verdict=Verdict.NO,
            reason=Reason.PART_MAINLAND,
            look=Look.APPLE_NUMBER,
            traps=(Trap.MAINLAND, Trap.AIR_MAINLAND),
        )
    return Answer(verdict=Verdict.DEPENDS, reason=Reason.PART_NEEDS_MODEL, look=Look.APPLE_NUMBER)


def fits(number: AppleNumber, model: DeviceModel) -> bool:
    """Tell whether a model number is one of the model's."""
    return number.model == model.name


def model_of(number: AppleNumber, devices: DeviceList) -> DeviceModel | None:
    """Return the model that a model number is of."""
    return devices.apple_models.get(number.model)


_TRAPS = {
    Reason.APPLE_MAINLAND: (Trap.MAINLAND,),
    Reason.APPLE_MAINLAND_HK_MACAO: (Trap.MAINLAND, Trap.HK_MACAO),
    Reason.APPLE_VERSION: (Trap.LOCK,),
    Reason.APPLE_VERSION_ESIM_ONLY: (Trap.NO_TRAY, Trap.LOCK),
    Reason.APPLE_AIR_MAINLAND: (Trap.AIR_MAINLAND, Trap.LOCK),
    Reason.IPAD_MAINLAND: (Trap.TABLET_WIFI, Trap.LOCK),
    Reason.MAINLAND_OR_NOT: (Trap.MAINLAND, Trap.LOCK),
    Reason.MAINLAND_HK_MACAO_OR_NOT: (Trap.MAINLAND, Trap.HK_MACAO, Trap.LOCK),
    Reason.AIR_MAINLAND_OR_NOT: (Trap.AIR_MAINLAND, Trap.LOCK),
    Reason.IPAD_OR_NOT: (Trap.TABLET_WIFI, Trap.LOCK),
}
_LOOKS = {Verdict.YES: Look.APPLE_LOCK, Verdict.DEPENDS: Look.APPLE_NUMBER}


def _answer(
    source: AppleNumber | DeviceModel, name: str, verdict: Verdict, reason: Reason
) -> Answer:
    look = _LOOKS.get(verdict, Look.NONE)
    if reason is Reason.APPLE_NUMBER_UNSURE:
        look = Look.EID
    if reason in (Reason.IPAD_MAINLAND, Reason.APPLE_AIR_MAINLAND):
        look = Look.NONE  # A chip is there or not: it may take carriers of mainland China alone.
    return Answer(
        verdict=verdict,
        reason=reason,
        look=look,
        model=name,
        traps=_TRAPS.get(reason, ()),
        source=source.source,
        as_of=source.as_of,
    )
