"""The reference of the usage feed names every refusal that the feed may answer with."""

import re
from pathlib import Path

from limosa.servers import endpoints

ROOT = Path(__file__).parents[4]
SOURCES = Path(endpoints.__file__).parent
PAGE = ROOT / "docs" / "reference" / "usage-feed.md"


def test_the_reference_names_every_code_with_its_status_and_no_other() -> None:
    sources = "".join(
        (SOURCES / name).read_text("utf-8") for name in ("endpoint.py", "usage_feed.py")
    )
    named = set(re.findall(r"status=(\d+),\s*code=\"(\w+)\"", sources))
    named |= set(re.findall(r"(\d{3}): \"(body_\w+)\"", sources))
    page = PAGE.read_text("utf-8")
    assert len(named) > 10
    assert set(re.findall(r"^\| (\d{3}) \| `(\w+)` \|", page, re.MULTILINE)) == named
