"""The payment page, the same for all providers except for the name on it and its fields.

It works without scripts, and says on every page that no real money moves. Texts come in pairs:
Chinese, then English.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote, urlsplit

from limosa.simulators.loopback_http import Reply, Request
from limosa.simulators.page_look import Frame, page

MERCHANT_NAME = "Limosa 续航"
NO_MONEY = """<p class="notice">演示用，不会扣真钱。<br>
<span lang="en">A demo: no real money moves.</span></p>"""
_SIGNS = {"CNY": "¥", "USD": "$", "JPY": "JP¥", "EUR": "€", "GBP": "£", "HKD": "HK$"}
# Stripe's list of zero-decimal currencies, as far as a symbol or a test needs it.
_WITHOUT_DECIMALS = {"JPY", "KRW", "VND", "CLP", "ISK"}
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Notice:
    text: Pair
    is_good: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """A button that submits a form to `action`; `fields` is HTML placed above it in the form."""

    label: Pair
    action: str
    is_quiet: bool = False
    fields: str = ""
    method: str = "post"


@dataclass(frozen=True, slots=True)
class Link:
    label: Pair
    address: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The content of a payment page. Texts are escaped here; `amount_minor` None shows no amount.

    notice: what has just happened, above the heading. lead: what to do, below it.
    """

    channel: str
    heading: Pair
    amount_minor: int | None = None
    currency: str = ""
    facts: Mapping[Pair, str] = field(default_factory=dict)
    notice: Notice | None = None
    lead: Pair | None = None
    actions: Sequence[Button | Link] = ()
    status: int = 200


def pay_page(sheet: Sheet) -> Reply:
    """Build the page."""
    heading = " · ".join(sheet.heading)
    parts = [NO_MONEY, _notice(sheet.notice), f"<h1>{escape(heading)}</h1>", _lead(sheet.lead)]
    title = heading
    if sheet.amount_minor is not None:
        amount = amount_text(sheet.amount_minor, sheet.currency)
        parts.append(f'<p class="amount">{escape(amount)}</p>')
        title = f"{heading} {amount}"
    rows = "".join(
        f'<div><dt>{escape(zh)} <span lang="en">{escape(en)}</span></dt>'
        f"<dd>{escape(value)}</dd></div>"
        for (zh, en), value in sheet.facts.items()
    )
    parts += [f"<dl>{rows}</dl>" if rows else "", *map(_action, sheet.actions)]
    return page(title, "".join(parts), Frame(aside=sheet.channel), status=sheet.status)


def amount_text(amount_minor: int, currency: str) -> str:
    """Format an amount for people: ¥25.00."""
    sign = _SIGNS.get(currency, currency + " ")
    if currency in _WITHOUT_DECIMALS:
        return f"{sign}{amount_minor:,}"
    return f"{sign}{amount_minor // 100:,}.{amount_minor % 100:02}"


def web_address(text: str) -> str:
    """Return the text if it is a URL safe to put in a header; otherwise empty."""
    is_clean = text.isprintable() and " " not in text
    return text if is_clean and urlsplit(text).scheme in {"http", "https"} else ""


def return_address(request: Request) -> str:
    """Return the request's `redirect_url`; empty unless it is a URL."""
    return web_address(request.query.get("redirect_url", ""))


def with_return_address(path: str, request: Request) -> str:
    """Pass the `redirect_url` on to another page."""
    url = return_address(request)
    return f"{path}?redirect_url={quote(url, safe='')}" if url else path


def _notice(notice: Notice | None) -> str:
    if notice is None:
        return ""
    kind = "notice good" if notice.is_good else "notice"
    zh, en = map(escape, notice.text)
    return f'<p class="{kind}" role="status">{zh}<br><span lang="en">{en}</span></p>'


def _lead(lead: Pair | None) -> str:
    if lead is None:
        return ""
    zh, en = map(escape, lead)
    return f'<p class="muted">{zh}<br><span lang="en">{en}</span></p>'


def _action(action: Button | Link) -> str:
    label = escape(" · ".join(action.label))
    if isinstance(action, Link):
        return f'<a class="button quiet" href="{escape(action.address)}">{label}</a>'
    kind = "quiet" if action.is_quiet else ""
    return (
        f'<form method="{action.method}" action="{escape(action.action)}">{action.fields}'
        f'<button class="{kind}">{label}</button></form>'
    )
