"""Draws the picture that stands for our pages where they are shared: the mark above the world.

`.venv/bin/python -m tools.share_picture`, after `make maps`; needs Chromium. It has no words but
the name, so it serves every language.
"""

import json
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "src" / "limosa" / "web"
WORLD = ROOT / "src" / "limosa" / "data" / "maps" / "world.json"
PICTURE = WEB / "static" / "img" / "share.png"
_PAGE = """<!doctype html><style>
body {{ margin: 0; width: 1200px; height: 630px; overflow: hidden; background: #0b6e69;
  color: #fffefb }}
.world {{ position: absolute; left: 40px; top: 92px; width: 1120px; fill: #2a857f }}
.name {{ position: absolute; inset: 0; display: flex; align-items: center; justify-content: center;
  gap: 36px; font: 650 108px/1 "Segoe UI", Roboto, Arial, sans-serif; letter-spacing: -.01em }}
.name svg {{ width: 172px; height: 172px }}
</style><svg class="world" viewBox="0 0 {width} {height}"><path d="{shapes}"/></svg>
<div class="name">{mark}<span>Limosa</span></div>"""


def main() -> int:
    world = json.loads(WORLD.read_text(encoding="utf-8"))
    mark = (WEB / "templates" / "icons" / "mark.svg").read_text(encoding="utf-8")
    page = _PAGE.format(
        width=world["width"],
        height=world["height"],
        shapes="".join(shape[1] for shape in world["shapes"]),
        mark=mark,
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        opened = browser.new_page(viewport={"width": 1200, "height": 630})
        opened.set_content(page)
        opened.screenshot(path=PICTURE)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
