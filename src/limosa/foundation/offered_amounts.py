"""Amounts that are offered to choose from, as a setting declares them."""

import re

from limosa.foundation.currencies import CURRENCIES

_AMOUNTS = re.compile(r"([A-Z]{3}):([1-9][0-9]{0,11}(?:,[1-9][0-9]{0,11})*)")


class Amounts:
    """A kind of variable: rising amounts in minor units by currency, such as "USD:1000,2500
    CNY:5000,10000"."""

    def parse(self, text: str) -> dict[str, tuple[int, ...]]:
        amounts: dict[str, tuple[int, ...]] = {}
        faults = []
        for word in text.split():
            found = _AMOUNTS.fullmatch(word)
            if found is None:
                faults.append(f"must be like USD:1000,2500, in minor units, not {word!r}.")
                continue
            currency, several = found[1], tuple(map(int, found[2].split(",")))
            if currency not in CURRENCIES:
                faults.append(f"names {currency}, which is no currency of ISO 4217.")
            elif currency in amounts:
                faults.append(f"names {currency} twice.")
            elif list(several) != sorted(set(several)):
                faults.append(f"must have the amounts in {currency} rise.")
            amounts[currency] = several
        if faults:
            raise ValueError(*faults)
        return amounts

    def secrets_in(self, text: str) -> list[str]:
        return [text]
