"""Every page that links lead to, as a guest, a subscriber and an operator, read for English."""

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache

import pytest
from django.test import Client

from limosa.config import demo_data
from limosa.config.messages.catalogs import forms, texts_of
from limosa.config.messages.sources import catalog_of_sources
from limosa.config.messages.unmarked import PageReader
from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import Plan
from limosa.domain.esims.models import Esim
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry
from tests.factories import MOMENT
from tests.factories.accounts import sign_in_staff
from tests.factories.esims import make_bundle, make_esim
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment, make_refund
from tests.factories.support import make_case

pytestmark = pytest.mark.django_db

LANGUAGES = ["zh-hans", "zh-hant", "es"]
_LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)')
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|<[^>]+>")
# Names that a person or the world gave, numbers, and codes of the books: the same everywhere.
_NAMES = re.compile(
    r"[\w.+-]+@[\w.-]+|L-\w+|C-\w+|\b[\w-]*\d[\w.-]*|\b\w+[_:][\w-]+(?::[\w-]+)*|catalog\.yaml"
    r"|\b[a-z&]+(?:-[a-z0-9]+)+\b|[\w$:.+-]*smdp[\w$.+-]*|SM-DP\+|QR|Cookie|Wi-Fi|WeChat Pay"
    r"|T-Mobile|AT&T|Verizon|Limosa (?:network|World)|Lin 林|Alex|Operator|Phone|Lisbon trip"
    r"|\b[a-z_]+\.[a-z_]+\b|\bApp\b|iPad|iPhone|Español|Android|Apple Watch|Watch (?=应用|App)"
    r"|(?:Samsung|三星) Galaxy|Galaxy (?:Watch|Wearable)|(?<=15 )Pro\b|SM-(?= )"
    r"|Google Pixel|Xiaomi|Redmi|POCO|OPPO|vivo|HONOR"
    r"|\b(?:EID|APN|SIM|iOS)\b"
    r"|\b[A-HJKMNP-TV-Z]{12,}\b"  # A made-up code that happens to have no digit.
)
_COVERAGE = re.compile(r"/console/plans/[^/]+/coverage/([A-Z]{2}/)?$")
# Where the operators of networks are named, as they call themselves.
_WITH_NETWORKS = re.compile(
    r"/console/plans/[^/]+/coverage/|/plans/[^/?]+/|/coverage/.+"
    r"|/esims/\w+/arrival/"
)
_PLACE = re.compile(r"/coverage/(?!us/$)(carriers/|us/)?[^/]+/$")
_NEXT = re.compile(r"\bnext=[^&]*")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_SAME_EVERYWHERE = {
    "Limosa",
    "English",
    "eSIM",
    "ICCID",
    "PDF",
    "CSV",
    "GB",
    "MB",
    "KB",
    "Mbps",
    "kbps",
}
_SAME_EVERYWHERE |= {"USD", "CNY", "EUR", "HKD", "ECB", "HK", "US", "CN", "UTC"} | {
    "PayPal",
    "Visa",
    "Stripe",
}


@cache
def english_phrases() -> frozenset[str]:
    """Return each piece of a source text that has more than three words between placeholders."""
    return frozenset(
        " ".join(piece.split())
        for message in texts_of(catalog_of_sources())
        for form in forms(message.id)
        for piece in _PLACEHOLDER.split(form)
        if len(piece.split()) > 3
    )


def make_everything(language: str) -> None:
    """Load the demo's people, and give Lin an order in each state and an eSIM of each kind."""
    demo_data.load(now=MOMENT)
    Subscriber.objects.update(language=language)
    lin = Subscriber.objects.get(email="lin@example.com")
    operator = Subscriber.objects.get(is_staff=True)
    plan = Plan.objects.get(code="att-quarter-30gb")
    phone = Esim.objects.filter(subscriber=lin).earliest("id")
    for minutes in (0, 2):
        sold = {"esim": phone, "plan": plan, "created_at": MOMENT - timedelta(minutes=minutes)}
        make_order(state="placed", **sold)
        make_order(state="cancelled", **sold)
        make_payment(order=make_order(state="paid", **sold), state="succeeded")
        refunded = make_payment(order=make_order(state="refunded", **sold), state="succeeded")
        make_refund(payment=refunded)
    odd = make_payment(order=make_order(esim=phone, plan=plan), problem="wrong_amount")
    make_case(order=make_order(esim=phone, plan=plan), message="")
    make_case(order=make_order(esim=phone, plan=plan), message="?", closed_at=MOMENT)
    make_bundle(esim=make_esim(subscriber=lin), plan=plan, state="expired")
    make_bundle(esim=make_esim(subscriber=lin, state="ready"), plan=plan, state="queued")
    record_audit_entry(
        actor=operator,
        action=AuditAction.POLL_PAYMENT,
        subject=odd.number,
        detail="no_news",
        now=MOMENT,
    )


def pages_from(client: Client, start: str) -> Iterator[tuple[str, str]]:
    """Yield (path, page) of every page that links lead to from the start."""
    waiting, seen = [start], {_shape(start)}
    while waiting:
        path = waiting.pop()
        answer = client.get(path, follow=True)
        if "text/html" not in answer["Content-Type"]:
            continue
        page = answer.content.decode()
        yield path, page
        for link in sorted({link.replace("&amp;", "&") for link in _LINK.findall(page)}):
            if _shape(link) not in seen:
                waiting.append(link)
                seen.add(_shape(link))


def _shape(link: str) -> str:
    """Return what tells a link from others. Of the lists of plans, what is filtered by, not for
    what: there are as many of them as combinations. Of the coverage of plans and of places, one
    page of each kind."""
    path, _, query = link.partition("?")
    if (found := _COVERAGE.match(path)) is not None:
        return f"coverage {bool(found[1])}"
    if (found := _PLACE.match(path)) is not None:
        return f"place {found[1]}"
    if not path.startswith("/plans/"):
        return f"{path}?{_NEXT.sub('next', query)}"
    return " ".join((path, *sorted({part.split("=")[0] for part in query.split("&")})))


def shown_in(page: str) -> list[str]:
    """Return what a person reads or hears; the choices of time zones have no Chinese names."""
    reader = PageReader()
    reader.feed(re.sub(r"<option\b.*?</option>", "", page, flags=re.DOTALL))
    return [" ".join(text.split()) for _, text in reader.found]


def english_in(page: str, language: str, path: str = "/") -> set[str]:
    """Return what of a page is English: source texts, and in Chinese any word of Latin letters."""
    shown = shown_in(page)
    found = {piece for piece in english_phrases() for text in shown if piece in text}
    if language.startswith("zh") and not _WITH_NETWORKS.match(path):
        for text in shown:
            words = set(_LATIN_WORD.findall(_NAMES.sub(" ", text))) - _SAME_EVERYWHERE
            found |= {f"{word} in: {text}" for word in words}
    return found


def all_pages(language: str) -> Iterator[tuple[str, str]]:
    """Yield every page as a guest, as Lin and as the operator."""
    yield from pages_from(Client(headers={"accept-language": language}), "/")
    for email, start in (("lin@example.com", "/"), ("operator@example.com", "/console/")):
        client = Client(headers={"accept-language": language})
        person = Subscriber.objects.get(email=email)
        if person.staff_role:
            sign_in_staff(client, person)
        else:
            client.force_login(person)
        yield from pages_from(client, start)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_has_a_word_of_english(language: str) -> None:
    make_everything(language)
    found = {path: english_in(page, language, path) for path, page in all_pages(language)}
    assert len(found) > 60
    assert {path: english for path, english in found.items() if english} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_control_english_is_found(language: str) -> None:
    page = Client(headers={"accept-language": "en"}).get("/nothing/").content.decode()
    assert "We can't find this page" in english_in(page, language)
