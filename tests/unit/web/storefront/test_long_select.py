"""The select that is written in one go is Django's, tag for tag."""

import pytest
from django import forms
from django.test.html import parse_html

from limosa.web.storefront.long_select import LongSelect

CHOICES = [
    ("", "None"),
    ("a", 'A & <b> "quoted"'),
    ("Many", [("Asia/Taipei", "台北"), ("b", "B")]),
    (7, "a number"),
]


@pytest.mark.parametrize("value", ["", "a", "Asia/Taipei", 7, "no such", None])
@pytest.mark.parametrize("attrs", [{}, {"class": "input", "aria-invalid": "true", "lang": True}])
def test_it_is_djangos_own_select(value: object, attrs: dict[str, str | bool]) -> None:
    ours = LongSelect(choices=CHOICES).render("zone", value, attrs)
    djangos = forms.Select(choices=CHOICES).render("zone", value, attrs)
    assert parse_html(ours) == parse_html(djangos)
    assert "<b>" not in ours
