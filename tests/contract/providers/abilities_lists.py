"""Which providers have which ability: see `abilities.py`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeVar

from pytest_socket import enable_socket

from tests.contract.providers.abilities import Disputing, RefundingByHand, Saving
from tests.contract.providers.counter.harness import open_counter
from tests.contract.providers.harness import Harness, open_wechatpay
from tests.contract.providers.harness_alipay import open_alipay
from tests.contract.providers.harness_paypal import open_paypal
from tests.contract.providers.harness_stripe import open_stripe

Sandbox = TypeVar("Sandbox", bound=Harness)

SAVING: Mapping[str, Callable[[Path], AbstractContextManager[Saving]]] = {
    "stripe": open_stripe,
}
DISPUTING: Mapping[str, Callable[[Path], AbstractContextManager[Disputing]]] = {
    "stripe": open_stripe,
}
REFUNDING_BY_HAND: Mapping[str, Callable[[Path], AbstractContextManager[RefundingByHand]]] = {
    "alipay": open_alipay,
    "paypal": open_paypal,
    "stripe": open_stripe,
    "wechatpay": open_wechatpay,
}
SETTLING: Mapping[str, Callable[[Path], AbstractContextManager[Harness]]] = {
    "alipay": open_alipay,
    "counter": open_counter,
    "paypal": open_paypal,
    "stripe": open_stripe,
    "wechatpay": open_wechatpay,
}


@contextmanager
def opened(
    which: Mapping[str, Callable[[Path], AbstractContextManager[Sandbox]]], name: str, folder: Path
) -> Iterator[Sandbox]:
    """Open the sandbox of a name, with sockets."""
    enable_socket()
    with which[name](folder) as harness:
        yield harness
