"""The channels of a simulation: the special features of each simulated provider."""

from collections.abc import Mapping

from limosa.domain.payments.requests import Device, Method, Shape
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
    """Takes any currency, saves cards for later, goes by its own references."""

    code = "cards"
    fee = 30
    currencies = frozenset[str]()
    methods: Mapping[str, Method] = {"card": Method(shape=Shape.OPEN, devices=frozenset(Device))}
    saves_methods = True
    names_payments = True
