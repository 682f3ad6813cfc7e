"""Where an order or a payment is shown, its state is said by the words that know of refunds."""

import re
from pathlib import Path

import limosa

TEMPLATES = [*(Path(limosa.__file__).parent / "web").rglob("*.html")]
# {{ order|state_text }} and {{ payment|payment_state }} know of refunds; the bare state does not.
BARE = re.compile(r"\{\{[^}]*\b(?:payment|order)\.state\b[^}]*\}\}")


def test_no_template_writes_the_bare_state_of_an_order_or_a_payment() -> None:
    assert len(TEMPLATES) > 80
    bare = {
        path.name: found
        for path in TEMPLATES
        if (found := BARE.findall(path.read_text(encoding="utf-8")))
    }
    assert bare == {}


def test_a_bare_state_would_be_seen() -> None:
    assert BARE.search('{{ payment.state|worded:"payment" }}')
    assert not BARE.search("{{ payment|payment_state }}")
