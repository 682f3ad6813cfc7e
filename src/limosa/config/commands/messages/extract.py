"""Bring the translations (.po) up to date with the sources.

Translations are kept; new texts come untranslated; what nobody uses any more is dropped.
"""

import argparse


def run(_arguments: argparse.Namespace) -> int:
    from limosa.config.messages.catalogs import update_catalogs
    from limosa.config.messages.sources import catalog_of_sources

    for line in update_catalogs(catalog_of_sources()):
        print(line)
    return 0
