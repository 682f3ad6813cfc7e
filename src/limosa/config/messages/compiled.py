"""Compiles the catalogues (.mo) that pages read. Needs only Babel, as does the build."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogs(folder: Path) -> Iterator[Path]:
    """Compile each .po below the folder that has changed; yield it once it is done.

    Atomic: a reader sees either the old file or the new one.
    """
    for po in sorted(folder.rglob("*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime_ns > po.stat().st_mtime_ns:
            continue
        with po.open("rb") as source:
            catalog = read_po(source, abort_invalid=True)
        draft = mo.with_suffix(".new")
        with draft.open("wb") as target:
            write_mo(target, catalog)
        draft.replace(mo)
        yield po
