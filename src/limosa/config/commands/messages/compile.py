"""Compile the translations (.po) to what pages read (.mo).

Skips what is up to date. `make demo` and `make test` call it, and so does the build of a package.
"""

import argparse


def run(_arguments: argparse.Namespace) -> int:
    from limosa.config.messages.catalogs import LOCALE
    from limosa.config.messages.compiled import compile_catalogs

    for po in compile_catalogs(LOCALE):
        print(f"translations: compiled {po.relative_to(LOCALE)}")
    return 0
