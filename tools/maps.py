"""Draws the maps of the coverage pages: `make maps`, or `.venv/bin/python -m tools.maps`.

Takes the shapes from two npm packages, whose versions and digests stand below, and writes the maps
to src/limosa/data/maps. They are committed, so nobody needs npm to run Limosa or to test it.
"""

import csv
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Mapping
from functools import partial
from math import pi
from pathlib import Path
from typing import Any

from tools.map_atlas import Atlas, Shape, read_atlas
from tools.map_drawing import Window, draw, window_on
from tools.map_geometry import patterson

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "src" / "limosa" / "data"
MAPS = DATA / "maps"
FETCHED = ROOT / "artefacts" / "maps"
# name and version: the digest of the package, as npm packs it.
PACKAGES = {
    "world-atlas@2.0.2": "2177d5d2ac25297a5c933d458705d5c0a46388884e9d6b6d3ac926e42b7132c8"
    "e013f317018447589aa05cea4cf0891c3c1a179f24d4e651477186b90a11b42d",
    "us-atlas@3.0.1": "c042190aad0898fbc66e54ddf2064ca8d3423e442c86e80c506ffc9e44965dbd"
    "36f97a8d151120f5ab4738a3fdc3aa6b2d94e9a9c2e14af7415bcd4c915dffd1",
}
# ISO 3166-1: by its numbers.
_NUMBERS = """
    AF004 AL008 AQ010 DZ012 AS016 AD020 AO024 AG028 AZ031 AR032 AU036 AT040 BS044 BH048 BD050 AM051
    BB052 BE056 BM060 BT064 BO068 BA070 BW072 BV074 BR076 BZ084 IO086 SB090 VG092 BN096 BG100 MM104
    BI108 BY112 KH116 CM120 CA124 CV132 KY136 CF140 LK144 TD148 CL152 CN156 TW158 CX162 CC166 CO170
    KM174 YT175 CG178 CD180 CK184 CR188 HR191 CU192 CY196 CZ203 BJ204 DK208 DM212 DO214 EC218 SV222
    GQ226 ET231 ER232 EE233 FO234 FK238 GS239 FJ242 FI246 AX248 FR250 GF254 PF258 TF260 DJ262 GA266
    GE268 GM270 PS275 DE276 GH288 GI292 KI296 GR300 GL304 GD308 GP312 GU316 GT320 GN324 GY328 HT332
    HM334 VA336 HN340 HK344 HU348 IS352 IN356 ID360 IR364 IQ368 IE372 IL376 IT380 CI384 JM388 JP392
    KZ398 JO400 KE404 KP408 KR410 KW414 KG417 LA418 LB422 LS426 LV428 LR430 LY434 LI438 LT440 LU442
    MO446 MG450 MW454 MY458 MV462 ML466 MT470 MQ474 MR478 MU480 MX484 MC492 MN496 MD498 ME499 MS500
    MA504 MZ508 OM512 NA516 NR520 NP524 NL528 CW531 AW533 SX534 BQ535 NC540 VU548 NZ554 NI558 NE562
    NG566 NU570 NF574 NO578 MP580 UM581 FM583 MH584 PW585 PK586 PA591 PG598 PY600 PE604 PH608 PN612
    PL616 PT620 GW624 TL626 PR630 QA634 RE638 RO642 RU643 RW646 BL652 SH654 KN659 AI660 LC662 MF663
    PM666 VC670 SM674 ST678 SA682 SN686 RS688 SC690 SL694 SG702 SK703 VN704 SI705 SO706 ZA710 ZW716
    ES724 SS728 SD729 EH732 SR740 SJ744 SZ748 SE752 CH756 SY760 TJ762 TH764 TG768 TK772 TO776 TT780
    AE784 TN788 TR792 TM795 TC796 TV798 UG800 UA804 MK807 EG818 GB826 GG831 JE832 IM833 TZ834 US840
    VI850 BF854 UY858 UZ860 VE862 WF876 WS882 YE887 ZM894
"""
COUNTRIES = {one[2:]: one[:2] for one in _NUMBERS.split()}
_UNDRAWN = {"AQ", "US"}  # Antarctica would fill the foot; the United States have states.
_WORLD = Window(patterson, (-pi, -1.7, pi, 1.1), 1000, 446)
_SIZE = {"width": 640, "height": 480}
_LEAST_DEGREES = 2.6
# Beyond it, 1:50,000,000 is fine enough, and quicker.
_FINE_REACH = 14.0
_TOLERANCE = 0.9


def main() -> int:
    packages = {name.partition("@")[0]: _fetched(name, digest) for name, digest in PACKAGES.items()}
    shutil.rmtree(MAPS, ignore_errors=True)
    _draw_world(packages["world-atlas"])
    _draw_states(packages["us-atlas"])
    shutil.copy(packages["world-atlas"] / "LICENSE", MAPS / "LICENSE-WORLD-ATLAS.txt")
    shutil.copy(packages["us-atlas"] / "LICENSE", MAPS / "LICENSE-US-ATLAS.txt")
    return 0


def _draw_world(package: Path) -> None:
    middling, fine = (
        read_atlas(package / f"countries-{scale}.json", {"countries": ""}, COUNTRIES)
        for scale in ("50m", "10m")
    )
    world = [shape for shape in middling.shapes if shape.code != "AQ"]
    _write("world", draw(middling, world, _WORLD, tolerance=1, dot_of=lambda _: 3))
    for code in sorted({shape.code for shape in fine.shapes} - _UNDRAWN - {""}):
        atlas, window = _best(code, middling, fine)
        mark = partial(_dot_of, marked=code)
        drawn = draw(atlas, atlas.shapes, window, tolerance=_TOLERANCE, dot_of=mark)
        _write(f"countries/{code.lower()}", drawn)


def _dot_of(code: str, *, marked: str) -> int:
    return 9 if code == marked else 0


def _best(code: str, middling: Atlas, fine: Atlas) -> tuple[Atlas, Window]:
    """Return the atlas that is fine enough for a country, and the window on it."""
    window = _window(code, fine)
    has_it = any(shape.code == code for shape in middling.shapes)
    return (middling, window) if has_it and window.reach > _FINE_REACH else (fine, window)


def _window(code: str, atlas: Atlas) -> Window:
    return window_on(_of(code, atlas), atlas, **_SIZE, least=_LEAST_DEGREES)


def _of(code: str, atlas: Atlas) -> list[Shape]:
    return [shape for shape in atlas.shapes if shape.code == code]


def _draw_states(package: Path) -> None:
    with (DATA / "geo" / "us_states.csv").open(encoding="utf-8", newline="") as file:
        codes = {row["fips"]: row["code"] for row in csv.DictReader(file)}
    flat = read_atlas(package / "states-albers-10m.json", {"states": ""}, codes)
    states = [shape for shape in flat.shapes if shape.code in codes.values()]
    plain = Window(lambda one: one, (0, 0, 975, 610), 640, 400)
    _write("us", draw(flat, states, plain, tolerance=_TOLERANCE))
    atlas = read_atlas(package / "counties-10m.json", {"states": "", "counties": ""}, codes)
    for fips, code in codes.items():
        window = window_on(_of(code, atlas), atlas, **_SIZE, least=0)
        shapes = [
            shape
            for shape in atlas.shapes
            if (shape.code.startswith(fips) and len(shape.code) == 5)
            or (shape.code in codes.values() and shape.code != code)
        ]
        drawn = draw(atlas, shapes, window, tolerance=_TOLERANCE)
        _write(f"us/{code.lower()}", drawn)


def _write(name: str, drawn: Mapping[str, Any]) -> None:
    file = MAPS / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = ",\n".join(_plain(row) for row in drawn["shapes"])
    rest = {key: value for key, value in drawn.items() if key != "shapes"}
    file.write_text(f'{_plain(rest)[:-1]},"shapes":[\n{rows}\n]}}\n', encoding="utf-8")


def _plain(what: Any) -> str:
    return json.dumps(what, ensure_ascii=False, separators=(",", ":"))


def _fetched(name: str, digest: str) -> Path:
    """Return the folder of a package; npm fetches it if it is not there."""
    folder = FETCHED / name
    if not folder.exists():
        archive = _archive(name)
        found = hashlib.sha512(archive.read_bytes()).hexdigest()
        if found != digest:
            raise SystemExit(f"{name} is not what it was: its SHA-512 is {found}")
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
    return folder / "package"


def _archive(name: str) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is needed to draw the maps, and only for that")
    FETCHED.mkdir(parents=True, exist_ok=True)
    into = ["--pack-destination", str(FETCHED), "--json"]
    done = subprocess.run([npm, "pack", name, *into], check=True, capture_output=True, text=True)
    names: Iterable[Mapping[str, str]] = json.loads(done.stdout)
    return next(FETCHED / one["filename"] for one in names)


if __name__ == "__main__":
    sys.exit(main())
