"""How templates write money, volumes and moments: see web/wording/formatting.py."""

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from limosa.domain.autorenewal.models import Cycle
from limosa.domain.catalog.models import Plan
from limosa.domain.esims.models import Bundle, Device, Esim
from limosa.domain.ordering.engine.returning import ReturnWay
from limosa.domain.ordering.models import Order, Quote
from limosa.domain.ordering.purchases import Purchase
from limosa.domain.payments.models import Payment
from limosa.domain.shelf.engine.suiting import Suits
from limosa.domain.shelf.listing import Shelved
from limosa.domain.wallets.models import WalletTopUp
from limosa.foundation.money import Money
from limosa.web.storefront.payment_options import Option
from limosa.web.storefront.selection import Selection
from limosa.web.storefront.wanted_plan import wanted_plan as wanted
from limosa.web.wording import countries, formatting, promises, suiting, words
from limosa.web.wording.refund_rule import AT_PURCHASE

register = template.Library()


@register.filter
def money(amount: Money) -> str:
    """{{ amount|money }}: $25.00"""
    return formatting.money(amount)


@register.filter
def volume(volume_bytes: int) -> str:
    """{{ bytes|volume }}: 3.6 GB"""
    return formatting.volume(volume_bytes)


@register.filter
def speed(kbps: int) -> str:
    """{{ kbps|speed }}: 1 Mbps"""
    return formatting.speed(kbps)


@register.filter
def city(time_zone: str) -> str:
    """{{ zone|city }}: Los Angeles"""
    return formatting.city(time_zone)


@register.filter
def in_language(thing: object) -> str:
    """{{ plan|in_language }}: the name of a plan or promotion in the active language."""
    name: str = thing.name_in(formatting.language())  # type: ignore[attr-defined]
    return name


@register.filter
def moment(at: datetime, time_zone: str) -> str:
    """{{ at|moment:zone }}: Nov 24, 2:02 PM"""
    return formatting.moment(at, time_zone=time_zone, now=timezone.now())


@register.filter
def last_minute(ends_at: datetime, time_zone: str) -> str:
    """{{ ends_at|last_minute:zone }}: Nov 24, 11:59 PM"""
    return formatting.last_minute(ends_at, time_zone=time_zone, now=timezone.now())


@register.filter
def day(at: datetime, time_zone: str) -> str:
    """{{ at|day:zone }}: Nov 24"""
    return formatting.day(at, time_zone=time_zone, now=timezone.now())


@register.filter
def clock(at: datetime, time_zone: str) -> str:
    """{{ at|clock:zone }}: 2:02 PM"""
    return formatting.clock(at, time_zone=time_zone)


@register.filter
def clock_seconds(at: datetime, time_zone: str) -> str:
    """{{ at|clock_seconds:zone }}: 2:02:11 PM"""
    return formatting.clock(at, time_zone=time_zone, seconds=True)


@register.filter
def moment_or_clock(at: datetime, time_zone: str) -> str:
    """{{ at|moment_or_clock:zone }}: 2:02 PM when it is today, else Nov 24, 2:02 PM"""
    now, zone = timezone.now(), ZoneInfo(time_zone)
    is_today = at.astimezone(zone).date() == now.astimezone(zone).date()
    return clock(at, time_zone) if is_today else moment(at, time_zone)


@register.filter
def plain_day(local_day: date) -> str:
    """{{ date|plain_day }}: Nov 24, of a date without a time"""
    return formatting.day(local_day, now=timezone.now())


@register.filter
def weekday(local_day: date) -> str:
    """{{ date|weekday }}: Mon"""
    return formatting.weekday(local_day)


@register.filter
def validity(thing: Plan | Bundle) -> str:
    """{{ plan|validity }}: 1 month"""
    return words.validity(thing.validity)


@register.filter
def esim_name(esim: Esim) -> str:
    """{{ esim|esim_name }}: its label, else its carrier"""
    return esim.label or esim.carrier.name


@register.filter
def device_name(device: Device) -> str:
    """{{ device|device_name }}: its name, else A device"""
    return device.name or words.unnamed_device(device)


@register.filter
def state_text(thing: Order | Bundle) -> str:
    """{{ order|state_text }}: where an order or a bundle stands, in words"""
    return words.state_text(thing)


@register.filter
def case_state(state: str) -> str:
    """{{ case.state|case_state }}: Answered"""
    return str(words.CASE_STATES[state])


@register.filter
def bought_name(bought: Purchase) -> str:
    """{{ order|bought_name }}: what is paid for: the name of a plan, or a wallet top-up"""
    if isinstance(bought, WalletTopUp):
        return gettext("Wallet top-up")
    return in_language(bought.quote.plan)


@register.filter
def top_up_state(top_up: WalletTopUp) -> str:
    """{{ one|top_up_state }}: where a top-up stands, in words"""
    return words.top_up_state(top_up)


@register.filter
def bought_zone(bought: Purchase) -> str:
    """{{ order|bought_zone }}: the time zone of its times"""
    if isinstance(bought, WalletTopUp):
        return bought.subscriber.time_zone
    return bought.quote.time_zone


@register.filter
def total(quote: Quote) -> Money:
    """{{ quote|total }}: the amount of a quote"""
    return Money(quote.total_minor, quote.currency)


@register.filter
def counted(quote: Quote) -> Money:
    """Return what counts towards an order from the plan that it replaces."""
    return Money(quote.value_minor, quote.currency)


@register.filter
def cycle_total(cycle: Cycle) -> Money:
    """{{ cycle|cycle_total }}: what a renewal has cost"""
    return Money(cycle.total_minor or 0, cycle.currency)


@register.filter
def tax(quote: Quote) -> Money:
    """{{ quote|tax }}: the tax inside it"""
    return Money(quote.tax_minor, quote.currency)


@register.filter
def amount(payment: Payment) -> Money:
    """{{ payment|amount }}: what a payment asks for, in the channel's currency"""
    return Money(payment.amount_minor, payment.currency)


@register.filter
def channel(provider: str) -> str:
    """{{ payment.provider|channel }}: the name of a payment method"""
    return formatting.name_in_text(str(words.CHANNELS.get(provider, provider)))


@register.filter
def way(provider: str) -> str:
    """{{ payment.provider|way }}: a card: what one pays by, within a sentence"""
    return formatting.name_in_text(words.name_in_sentence(provider))


@register.filter
def provider_name(provider: str) -> str:
    """{{ payment.provider|provider_name }}: Stripe: whose page the person is led to"""
    name = words.PROVIDERS.get(provider)
    return formatting.name_in_text(name) if name else channel(provider)


@register.filter
def app_name(provider: str) -> str:
    """{{ payment.provider|app_name }}: WeChat: the program that scans the code"""
    return str(words.APPS.get(provider) or channel(provider))


@register.filter
def decider(provider: str) -> str:
    """{{ payment.provider|decider }}: the bank, PayPal: who decides a dispute"""
    return formatting.name_in_text(str(words.DECIDERS.get(provider, words.THE_BANK)))


@register.filter
def is_too_much_for(option: Option, total: Money) -> bool:
    """{% if option|is_too_much_for:price %}: whether its least amount is above a price"""
    return not option.takes(total)


@register.filter
def option_name(option: Option) -> str:
    """{{ option|option_name }}: Visa •••• 4242 for what is kept, else the channel's name"""
    return formatting.name_in_text(option.label) if option.label else channel(option.provider)


@register.filter
def option_way(option: Option) -> str:
    """{{ option|option_way }}: Visa •••• 4242, a card: what one pays by, within a sentence"""
    return formatting.name_in_text(option.label) if option.label else way(option.provider)


@register.filter
def option_amount(option: Option, total: Money) -> Money:
    """{{ option|option_amount:total }}: what this way takes for a total"""
    return option.amount(total)


@register.filter
def tenths(seconds: float) -> str:
    """{{ seconds|tenths }}: 1.3"""
    return formatting.tenths(seconds)


@register.filter
def source_name(source: str) -> str:
    """{{ rate.source|source_name }}: who published an exchange rate"""
    return str(words.RATE_SOURCES.get(source, source))


@register.filter
def clock_differs(at: datetime, selection: Selection) -> bool:
    """{{ at|clock_differs:selection }}: whether the buyer's home reads another time than there; a
    guest is not told where the buyer's home is"""
    if selection.checkout.is_guest:
        return False
    return not formatting.same_clock(at, selection.time_zone, selection.checkout.buyer.time_zone)


@register.filter
def for_whom(found: Suits) -> str:
    """{{ row.suits|for_whom }}: For maps and messages, about a week"""
    return suiting.for_whom(found)


@register.simple_tag
def options(choices: list[tuple[str, str]], chosen: object) -> SafeString:
    """{% options countries chosen %}: the options of a select, written in one go."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (value, mark_safe(" selected") if value == str(chosen) else "", text)
            for value, text in choices
        ),
    )


@register.filter
def country_name(code: str) -> str:
    """{{ facts.exit_country|country_name }}: Hong Kong"""
    return countries.name(code)


@register.simple_tag
def promise(name: str) -> str:
    """{% promise "refund_after" as time %}: 15 minutes, from where the code keeps it"""
    return promises.promised(name)


@register.filter
def refund_rule(way: ReturnWay | None) -> str:
    """{{ selection.facts.return_way|refund_rule }}: when all of the money goes back"""
    return str(AT_PURCHASE[way])


@register.simple_tag
def ways_to_pay() -> str:
    """{% ways_to_pay as ways %}: a card, PayPal or your wallet"""
    return promises.ways_to_pay()


@register.simple_tag
def ways_that_keep() -> str:
    """{% ways_that_keep as ways %}: a card or PayPal; empty: none"""
    return promises.ways_that_keep()


@register.filter
def duration(length: timedelta) -> str:
    """{{ length|duration }}: 10 minutes"""
    return promises.duration(length)


@register.simple_tag
def gap() -> str:
    """{% gap %}: what stands between two sentences that a template joins"""
    return formatting.sentence_gap()


@register.simple_tag
def wanted_plan(next_path: str | None) -> Shelved | None:
    """{% wanted_plan path as wanted %}: the plan that a path leads to buying"""
    return wanted(next_path or "")


@register.simple_tag
def zero_in(currency: str) -> Money:
    """{% zero_in "USD" as nothing %}: no money, in a currency"""
    return Money(0, currency)


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """{% icon "home" %}: a drawn sign of ours, for the eye only."""
    return render_to_string(f"icons/{name}.svg")


@register.simple_tag
def html_lang() -> str:
    """The page's language as HTML wants it: zh-Hans."""
    return words.HTML_TAGS[formatting.language()]


@register.simple_tag
def language_name() -> str:
    """The active language by its own name."""
    return words.OWN_NAMES[formatting.language()]


@register.simple_tag
def language_choices() -> list[tuple[str, str, str]]:
    """(code, own name, HTML tag) of each language."""
    return [
        (code, words.OWN_NAMES[code], words.HTML_TAGS[code]) for code, _name in settings.LANGUAGES
    ]


@register.inclusion_tag("components/field.html")
def form_field(
    field: BoundField, *, label: str = "", autocomplete: str = "", hint: str = ""
) -> dict[str, object]:
    """{% form_field form.email autocomplete="email" %}: label, control, hint, faults."""
    described = [f"{field.id_for_label}-hint"] if hint else []
    attributes: dict[str, str | bool] = {"class": "input"}
    if autocomplete:
        attributes["autocomplete"] = autocomplete
    if field.errors:
        described.append(f"{field.id_for_label}-fault")
        attributes["aria-invalid"] = "true"
    if described:
        attributes["aria-describedby"] = " ".join(described)
    field.field.widget.attrs.pop("placeholder", None)  # The label says it, and stays.
    control = field.as_widget(attrs=attributes)
    return {"field": field, "label": label or field.label, "hint": hint, "control": control}
