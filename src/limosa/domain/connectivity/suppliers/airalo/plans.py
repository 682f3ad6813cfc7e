"""Airalo's packages as plans. Pure. A package that can't be said in our units is left out."""

from typing import Any

from limosa.domain.connectivity.answers import Activation, PlanPage, PlanUse, SupplierPlan
from limosa.domain.connectivity.engine.foreign_values import (
    Fields,
    as_parts,
    countries_in,
    not_understood,
    read_decimal,
    read_flag,
    read_optional_word,
    read_parts,
    read_price,
    read_whole,
    read_word,
    read_words,
)
from limosa.domain.connectivity.listed_networks import NetworkNames, networks_in, read_listed
from limosa.domain.connectivity.suppliers.airalo.wire import to_bytes
from limosa.domain.coverage.engine.facts import PlanFacts
from limosa.foundation.errors import ProviderError

CURRENCY = "USD"  # Of `net_price`; `prices` has it in others too.
_NETWORKS = NetworkNames(
    places="coverages", place="code", networks="networks", operator="name", generations="types"
)
_USES = {"sim": PlanUse.NEW_ESIM, "topup": PlanUse.RENEWAL}
_ACTIVATIONS = {
    "first-usage": Activation.FIRST_USE,
    "installation": Activation.INSTALLATION,
}
_RULES_OF_OPERATOR = (
    "title",
    "plan_type",
    "activation_policy",
    "is_kyc_verify",
    "is_roaming",
    "install_window_days",
    "topup_grace_window_days",
)
_RULES_OF_PACKAGE = (
    "voice",
    "text",
    "is_fair_usage_policy",
    "fair_usage_policy",
    "short_info",
)


def read_page(answer: Fields, *, next_page: str) -> PlanPage:
    """Return the plans of a page of countries and regions. Raises ProviderError: it is no list."""
    plans: dict[str, SupplierPlan] = {}
    left_out: dict[str, str] = {}
    for place in _places(answer.get("data")):
        for operator in read_parts(place, "operators"):
            packages = read_parts(operator, "packages")
            for package in packages:
                code = read_word(package, "id")
                try:
                    plans.setdefault(code, _plan(package, place, operator, packages))
                except ProviderError as error:
                    left_out[code] = str(error)
    return PlanPage(plans=tuple(plans.values()), next_page=next_page, left_out=left_out)


def _places(data: Any) -> list[Fields]:
    """From the second page on, it is an object whose members are named by numbers."""
    return as_parts(list(data.values()) if isinstance(data, dict) else data, "data")


def _plan(package: Fields, place: Fields, operator: Fields, siblings: list[Fields]) -> SupplierPlan:
    use = _USES.get(read_word(package, "type"))
    cost = read_price(package, "net_price", currency=CURRENCY)
    countries = _countries(place, operator)
    if use is None:
        raise not_understood("type")
    if not countries:
        raise not_understood("countries")
    is_new = use is PlanUse.NEW_ESIM
    return SupplierPlan(
        code=read_word(package, "id"),
        name=" ".join(filter(None, (read_words(operator, "title"), read_words(package, "title")))),
        use=use,
        cost=cost,
        volume_bytes=_volume(package),
        days=read_whole(package, "day"),
        countries=countries,
        activation=_ACTIVATIONS.get(read_optional_word(operator, "activation_policy"))
        or Activation.UNKNOWN,
        is_renewable=_is_renewable(operator) if is_new else None,
        renewed_by=_top_ups(siblings) if is_new else (),
        rules={
            **{f"operator_{one}": read_words(operator, one) for one in _RULES_OF_OPERATOR},
            **{one: read_words(package, one) for one in _RULES_OF_PACKAGE},
        },
        facts=_facts(operator, countries),
    )


def _facts(operator: Fields, countries: tuple[str, ...]) -> PlanFacts:
    """Return what is said of where it is used. A package of data alone has neither calls nor texts;
    what others have is not told by country, and left open."""
    is_checked, is_data = operator.get("is_kyc_verify"), operator.get("plan_type") == "data"
    return PlanFacts(
        identity_check=is_checked if isinstance(is_checked, bool) else None,
        has_calls=False if is_data else None,
        has_texts=False if is_data else None,
        networks=networks_in(read_listed(operator, _NETWORKS), countries=countries),
    )


def _volume(package: Fields) -> int | None:
    if read_flag(package, "is_unlimited"):
        return None
    amount = read_decimal(package, "amount")
    if amount is None or amount < 0:
        raise not_understood("amount")
    return to_bytes(amount) or None  # 0: unlimited.


def _countries(place: Fields, operator: Fields) -> tuple[str, ...]:
    """Return where it works. A package for one country may not list it again."""
    listed = [read_words(one, "country_code") for one in read_parts(operator, "countries")]
    covered = [read_words(one, "code") for one in read_parts(operator, "coverages")]
    for codes in (listed, covered, [read_words(place, "country_code")]):
        if found := countries_in([code.upper() for code in codes]):
            return found
    return ()


def _is_renewable(operator: Fields) -> bool | None:
    told = operator.get("rechargeability")
    return told if isinstance(told, bool) else None


def _top_ups(siblings: list[Fields]) -> tuple[str, ...]:
    return tuple(read_word(one, "id") for one in siblings if one.get("type") == "topup")
