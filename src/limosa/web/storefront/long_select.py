from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_PLAIN = '<option value="{}">{}</option>'
_SELECTED = '<option value="{}" selected>{}</option>'


class LongSelect(forms.Select):
    """A select of hundreds of options, written in one go.

    Django renders a template for each option: with all time zones and countries that was most of
    the settings page's time.
    """

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: object = None,  # noqa: ARG002 -- Django's own signature
    ) -> SafeString:
        widget = self.get_context(name, value, attrs)["widget"]
        return format_html(
            '<select name="{}"{}>{}</select>',
            widget["name"],
            flatatt(widget["attrs"]),
            format_html_join("", "{}", ([_group(*group[:2])] for group in widget["optgroups"])),
        )


def _group(label: str | None, options: list[dict[str, Any]]) -> SafeString:
    written = format_html_join("", "{}", ([_option(option)] for option in options))
    return format_html('<optgroup label="{}">{}</optgroup>', label, written) if label else written


def _option(option: dict[str, Any]) -> SafeString:
    form = _SELECTED if option["selected"] else _PLAIN
    return format_html(form, option["value"], option["label"])
