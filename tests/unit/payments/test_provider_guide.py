"""The guide to a new provider names every method that the port asks for."""

import re
from pathlib import Path

from limosa.domain.payments.port import Provider

GUIDE = Path(__file__).parents[3] / "docs" / "howto" / "add-a-payment-provider.md"


def test_the_guide_names_every_method_of_the_port() -> None:
    asked = {name for name in vars(Provider) if not name.startswith("_")}
    section = GUIDE.read_text(encoding="utf-8").split("\n## 1. ")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == asked
