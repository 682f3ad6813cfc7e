"""The channels of a simulation: the special features of each simulated provider."""

from collections.abc import Callable, Mapping
from typing import Any

from limosa.domain.payments.requests import Device, Method, Shape
from limosa.domain.payments.status_reports import Decline, ProviderState
from limosa_lab.simulation.held import Held
from limosa_lab.simulation.providers import PlayedProvider


class AtOnce(PlayedProvider):
    """Takes yuan as soon as the payer pays; goes by our numbers."""


class Captured(PlayedProvider):
    """Takes any currency when we capture what the payer approved; goes by its own references."""

    code = "captured"
    fee = 49
    currencies = frozenset[str]()
    methods: Mapping[str, Method] = {
        "redirect": Method(shape=Shape.OPEN, devices=frozenset(Device)),
    }
    captures = True
    names_payments = True


class Cards(PlayedProvider):
    """Takes any currency, saves cards for later, goes by its own references.

    `bank`: what says whether a saved card, by its reference, is charged: None if it is. Without
    one, the payment's number decides.
    """

    code = "cards"
    fee = 30
    currencies = frozenset[str]()
    methods: Mapping[str, Method] = {"card": Method(shape=Shape.OPEN, devices=frozenset(Device))}
    saves_methods = True
    names_payments = True
    bank: Callable[[str], Decline | None] | None = None

    def begin(self, **terms: Any) -> None:
        """Reset."""
        super().begin(**terms)
        self.bank = None

    def _charge(self, held: Held) -> None:
        if self.bank is None:
            super()._charge(held)
            return
        reference = held.request.saved_reference
        if held.state is not ProviderState.PENDING:
            return
        decline = self.bank(reference) if reference in self.kept else Decline.DETAILS_WRONG
        if decline is None:
            self._take(held, held.request.amount)
        elif decline is Decline.NOT_AUTHENTICATED:
            held.state = ProviderState.PAYER_NEEDED
        else:
            held.state, held.decline = ProviderState.FAILED, decline
