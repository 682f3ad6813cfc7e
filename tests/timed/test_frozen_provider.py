"""A provider that has frozen holds up those who pay by it for five seconds, and nobody else."""

from concurrent.futures import ThreadPoolExecutor, as_completed
from secrets import token_hex

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from limosa.domain.payments.models import Payment
from limosa.web.provider_calls import WAIT_SECONDS_MAX
from tests.factories.ordering import make_order
from tests.scenario.web_process import Web
from tests.timed.frozen_provider import FrozenProvider, press
from tests.timed.slow_clients import p95, page_times

pytestmark = [
    pytest.mark.figures,
    pytest.mark.enable_socket,
    pytest.mark.django_db(transaction=True),
]

PAGE = "/accounts/login/"
PRESSES = 12
WAITING = 3  # One of the four places is another provider's.
ROUNDS_MAX = 3  # As in test_slow_clients.py.


def payers(count: int) -> list[tuple[str, str, str]]:
    """Return so many orders, each of another person: its number, their cookies, their token."""
    found = []
    for _ in range(count):
        order = make_order(created_at=timezone.now())
        client = Client()
        client.force_login(order.subscriber)
        token = token_hex(16)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={token}"
        found.append((order.number, cookies, token))
    return found


@pytest.mark.parametrize("drips", [False, True], ids=["never answers", "a byte a second"])
def test_other_pages_do_not_wait_for_a_frozen_provider(*, drips: bool) -> None:
    provider = FrozenProvider(drips=drips)
    with provider.running():
        web = Web(LIMOSA_WEB_WORKERS="1", LIMOSA_STRIPE_API_URL=provider.url)
        try:
            for _ in range(10):
                web.status(PAGE)
            for last in range(1, ROUNDS_MAX + 1):
                if is_unmoved(web, provider):
                    return
                assert last < ROUNDS_MAX, "more than twice the time in each round"
        finally:
            web.kill()


def is_unmoved(web: Web, provider: FrozenProvider) -> bool:
    """Press for many people at once; check what each is told. Whether pages kept their time."""
    people, before = payers(PRESSES), provider.asked
    calm = page_times(web.port, PAGE, seconds=1.0)
    with ThreadPoolExecutor(PRESSES) as pool:
        presses = [pool.submit(press, web.port, *person) for person in people]
        # Once all were told or wait: until then the presses themselves keep the processor busy.
        done = as_completed(presses, timeout=60)
        for _ in range(PRESSES - WAITING):
            next(done)
        beside = page_times(web.port, PAGE, seconds=2.0)
        told = [pressed.result() for pressed in presses]
    print(  # noqa: T201 -- a figure
        f"{PRESSES} presses, {provider.asked - before} calls: pages p95 {p95(calm):.1f} ms alone "
        f"({len(calm)}), {p95(beside):.1f} ms beside ({len(beside)}), worst {beside[-1]:.1f} ms; "
        f"the slowest press {max(seconds for _, _, seconds in told):.1f} s"
    )
    numbers = [number for number, _, _ in people]
    said = {(status, location) for status, location, _ in told}
    asking = [number for number in numbers if (302, f"/orders/{number}/asking/") in said]
    busy = [number for number in numbers if (302, f"/orders/{number}/pay/") in said]
    assert sorted(asking + busy) == sorted(numbers)
    assert len(asking) == WAITING
    assert max(seconds for _, _, seconds in told) < WAIT_SECONDS_MAX + 5
    states = set(Payment.objects.filter(order_number__in=numbers).values_list("state", flat=True))
    assert states == {"created"}  # Nothing is known; pressed again, it is the same payment.
    return p95(beside) <= 2 * p95(calm)
