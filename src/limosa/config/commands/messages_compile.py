"""Turn the translations (.po) into what the pages read (.mo).

Does only what is not done yet. `make demo` and `make test` call it.
"""

import argparse

from limosa.config.command import set_up_django


def run(_arguments: argparse.Namespace) -> int:
    set_up_django()
    from pathlib import Path

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from django.conf import settings

    files = [po for folder in settings.LOCALE_PATHS for po in sorted(Path(folder).rglob("*.po"))]
    for po in files:
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime_ns > po.stat().st_mtime_ns:
            continue
        with po.open("rb") as source:
            catalog = read_po(source, abort_invalid=True)
        draft = mo.with_suffix(".new")
        with draft.open("wb") as target:
            write_mo(target, catalog)
        draft.replace(mo)
        print(f"translations: compiled {po.relative_to(po.parents[3])}")
    return 0
