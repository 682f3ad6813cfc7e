"""Stripe's form encoding: `line_items[0][price_data][currency]=usd` and its like.

Source: what the SDK sends (`_encode.py`): objects by names, lists by numbers or by `[]`.
"""

import re
from typing import Any
from urllib.parse import parse_qsl

from limosa.simulators.payment_gateway.stripe.refusals import parameter

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
DEPTH_MAX = 8

Params = dict[str, Any]


def parse_form(text: str) -> Params:
    """Return the parameters as objects, lists and texts. Raises RefusalError."""
    found: Params = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        parts = _KEY.fullmatch(key)
        names = [parts[1], *re.findall(r"\[([^\[\]]*)\]", parts[2])] if parts else []
        if not 0 < len(names) <= DEPTH_MAX:
            raise parameter(key, f"Invalid parameter: {key}", "parameter_unknown")
        _put(found, names, value)
    return {name: _listed(value) for name, value in found.items()}


def _put(into: Params, names: list[str], value: str) -> None:
    for name in names[:-1]:
        inner = into.setdefault(name or str(len(into)), {})
        if not isinstance(inner, dict):
            raise parameter(name, f"Invalid object: {name}", "parameter_unknown")
        into = inner
    into[names[-1] or str(len(into))] = value


def _listed(value: Any) -> Any:
    """Turn objects whose names are numbers into lists."""
    if not isinstance(value, dict):
        return value
    if value and all(name.isdecimal() for name in value):
        return [_listed(value[name]) for name in sorted(value, key=int)]
    return {name: _listed(inner) for name, inner in value.items()}
