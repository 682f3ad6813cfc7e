"""Update the translations (.po) from the sources.

Translations are kept, new texts are added untranslated, and unused ones are dropped.
"""

import argparse


def run(_arguments: argparse.Namespace) -> int:
    from limosa.config.messages.catalogs import update_catalogs
    from limosa.config.messages.sources import catalog_of_sources

    for line in update_catalogs(catalog_of_sources()):
        print(line)
    return 0
