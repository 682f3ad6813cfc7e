"""Measures the pages that anybody may see with Lighthouse: `make lighthouse`.

    lighthouse.py                        start a demo, and measure it
    lighthouse.py --url http://…         measure a shop that runs already
    lighthouse.py --pages /ratings/ …    these pages alone
    lighthouse.py --rounds 1             once each; three times unless told otherwise

As on a phone with a slow connection, which Lighthouse simulates. Nothing is asked for elsewhere:
Chromium can reach no other machine, and a page that wants to is told of. Prints for each page its
four scores, the best of the rounds and their median, and what it weighs. A machine that is busy
makes a page look slower, never faster, so the best round counts: it fails under SCORE_MIN.

Needs npm, which fetches Lighthouse once as requirements/lighthouse/ says, and a Chromium that is
there. `make test` doesn't need it.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from tools.environment import BROWSERS

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "artefacts" / "lighthouse"
LOCKED = ROOT / "requirements" / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
SCORE_MIN = 95
PAGE_BYTES_MAX, SCRIPT_BYTES_MAX = 80 * 1024, 60_000
PLAN = "a plan"  # The first of the list: shops differ in what they sell.
PAGES = ("/", "/plans/", PLAN, "/coverage/us/", "/ratings/", "/facts/", "/advice/")
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One round of a page. Bytes are those of the files as read; `sent`, as they travelled.

    elsewhere: what was asked for of others. short: per category, the audits that cost points.
    """

    scores: Mapping[str, int]
    page_bytes: int
    script_bytes: int
    sent_bytes: int
    elsewhere: tuple[str, ...]
    short: Mapping[str, tuple[str, ...]]


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--url", help="a shop that runs; otherwise a demo is started")
    parser.add_argument("--port", type=int, default=8700, help="of the demo: %(default)s")
    parser.add_argument("--pages", nargs="+", default=PAGES, metavar="PATH")
    parser.add_argument("--rounds", type=int, default=3, help="%(default)s")
    parser.add_argument("--language", default="en", help="what the browser asks for: %(default)s")
    options = parser.parse_args(words)
    program = _lighthouse()
    if options.url:
        return _measure_all(program, options.url.rstrip("/"), options)
    with _demo(options.port) as url:
        return _measure_all(program, url, options)


def _measure_all(program: Sequence[str], url: str, options: argparse.Namespace) -> int:
    """Measure each page, and print it; return how the process is to end."""
    print(f"{'':28}" + "".join(f"{name[:13]:>15}" for name in CATEGORIES), flush=True)
    faults: list[str] = []
    for page in options.pages:
        path = _first_plan(url) if page == PLAN else page
        rounds = [
            _measured(program, url + path, language=options.language) for _ in range(options.rounds)
        ]
        _print(path, rounds)
        faults += (f"{path}: {fault}" for fault in faults_of(rounds))
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def _print(path: str, rounds: Sequence[Measured]) -> None:
    both = (
        f"{max(one.scores[name] for one in rounds)}"
        f" / {median(one.scores[name] for one in rounds):g}"
        for name in CATEGORIES
    )
    first = rounds[0]
    print(f"{path:28}" + "".join(f"{text:>15}" for text in both))
    print(
        f"{'':28}page {first.page_bytes:,} bytes, scripts {first.script_bytes:,},"
        f" all as sent {first.sent_bytes:,}",
        flush=True,
    )


def faults_of(rounds: Sequence[Measured]) -> Iterator[str]:
    """Yield what is wrong with a page, by its best round."""
    for name in CATEGORIES:
        best = max(rounds, key=lambda one: one.scores[name])
        if best.scores[name] < SCORE_MIN:
            yield f"{name} is {best.scores[name]}: {', '.join(best.short[name])}"
    first = rounds[0]
    if first.page_bytes > PAGE_BYTES_MAX:
        yield f"the page has {first.page_bytes:,} bytes"
    if first.script_bytes > SCRIPT_BYTES_MAX:
        yield f"its scripts have {first.script_bytes:,} bytes"
    yield from (f"asks elsewhere: {one}" for one in first.elsewhere)


def _measured(program: Sequence[str], url: str, *, language: str) -> Measured:
    """Measure a page once. Raises SystemExit if Lighthouse can't."""
    host = urlsplit(url).hostname
    flags = [*_FLAGS, f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {host}"]
    command = [
        *program, url, "--quiet", "--output=json", "--output-path=stdout",
        "--no-enable-error-reporting", f"--only-categories={','.join(CATEGORIES)}",
        f"--extra-headers={json.dumps({'Accept-Language': language})}",
        *(f"--chrome-flags={_quoted(flag)}" for flag in flags),
    ]  # fmt: skip
    environment = os.environ | {"CHROME_PATH": _browser()}
    told = subprocess.run(command, env=environment, check=False, text=True, capture_output=True)
    if told.returncode:
        raise SystemExit(f"Lighthouse could not measure {url}:\n{told.stderr[-2000:]}")
    return read_report(json.loads(told.stdout), url)


def read_report(report: Mapping[str, Any], url: str) -> Measured:
    """Return what Lighthouse's report says of a page. Raises SystemExit if the page failed."""
    if report.get("runtimeError"):
        raise SystemExit(f"{url}: {report['runtimeError']['message']}")
    audits = report["audits"]
    asked = audits["network-requests"]["details"]["items"]
    own = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}/"
    return Measured(
        scores={
            name: round(100 * (report["categories"][name]["score"] or 0)) for name in CATEGORIES
        },
        page_bytes=_bytes_of(asked, "Document"),
        script_bytes=_bytes_of(asked, "Script"),
        sent_bytes=sum(one["transferSize"] for one in asked),
        elsewhere=tuple(
            one["url"] for one in asked if not one["url"].startswith((own, "data:", "blob:"))
        ),
        short={name: _short(report["categories"][name], audits) for name in CATEGORIES},
    )


def _short(category: Mapping[str, Any], audits: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the audits that count in a category and did not reach their whole score."""
    counted = [one["id"] for one in category["auditRefs"] if one["weight"]]
    return tuple(one for one in counted if (audits[one]["score"] or 0) < 1)


def _bytes_of(asked: Sequence[Mapping[str, Any]], kind: str) -> int:
    return sum(one["resourceSize"] for one in asked if one.get("resourceType") == kind)


def _quoted(flag: str) -> str:
    return f'"{flag}"' if " " in flag else flag


def _first_plan(url: str) -> str:
    with urllib.request.urlopen(f"{url}/plans/", timeout=30) as answer:  # noqa: S310 -- ours.
        found = re.search(r'class="plan-what"><a href="(/plans/[\w-]+/)', answer.read().decode())
    if found is None:
        raise SystemExit(f"{url}/plans/ lists no plan")
    return found[1]


@contextmanager
def _demo(port: int) -> Iterator[str]:
    """Run a new demo, with its data below artefacts/, as a shop in earnest is run: without
    debugging, its files compressed and cached for good."""
    limosa = str(Path(sys.executable).with_name("limosa"))
    command = [limosa, "demo", "--reset", "--port", str(port), "--data", str(FOLDER / "demo")]
    log = FOLDER / "demo.log"
    print(f"starting a demo; its log is {log}", flush=True)
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, cwd=ROOT)
    try:
        while "Limosa is ready" not in log.read_text(encoding="utf-8"):
            if process.poll() is not None:
                raise SystemExit(f"the demo did not start:\n{log.read_text(encoding='utf-8')}")
            time.sleep(0.5)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


def _lighthouse() -> list[str]:
    """Return how Lighthouse is called; npm fetches it, by its lock file, if it has changed."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise SystemExit("npm is needed for Lighthouse, and only for that")
    FOLDER.mkdir(parents=True, exist_ok=True)
    lock = FOLDER / "package-lock.json"
    wanted = (LOCKED / "package-lock.json").read_bytes()
    program = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not program.exists() or lock.read_bytes() != wanted:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(LOCKED / name, FOLDER / name)
        print("fetching Lighthouse with npm", flush=True)
        subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                       cwd=FOLDER, check=True, stdout=subprocess.DEVNULL)  # fmt: skip
    return [node, str(program)]


def _browser() -> str:
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    raise SystemExit("Chromium is needed: apt-get install chromium")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
