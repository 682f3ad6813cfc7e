"""The part of a page's head that is for search engines and for those who share its address."""

from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.templatetags.static import static

from limosa.foundation.money import Money
from limosa.web.storefront.public_pages import (
    addresses_of,
    is_indexed,
    locale_name,
    own_address,
)

register = template.Library()


@register.inclusion_tag("components/public_head.html", takes_context=True)
def public_head(context: Context) -> dict[str, Any]:
    """{% public_head %}: canonical address, languages and picture of a page that anybody may read;
    nothing for other pages. Reads `about` from the context."""
    request, about = context.get("request"), context.get("about")
    if request is None or not is_indexed(request):
        return {}
    return {
        "about": about,
        "is_left_out": about is not None and not about.is_indexed,
        "address": own_address(request),
        "alternates": [*addresses_of(request.path)],
        "locale": locale_name(),
        "picture": share_picture(),
    }


@register.simple_tag
def share_picture() -> str:
    """{% share_picture %}: the address of the picture that stands for our pages elsewhere."""
    return f"{settings.BASE_URL}{static('img/share.png')}"


@register.simple_tag(takes_context=True)
def page_address(context: Context) -> str:
    """{% page_address %}: the address under which engines should know this page."""
    return own_address(context["request"])


@register.filter
def plain_price(amount: Money) -> str:
    """{{ total|plain_price }}: 25.00, as programs read it"""
    return f"{amount.to_decimal():f}"
