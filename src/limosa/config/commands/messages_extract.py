"""Bring the translation files (.po) up to date with the texts in the sources.

Translations are kept; new texts come untranslated; what nobody uses any more is dropped.
"""

import argparse

from limosa.config.command import set_up_django


def run(_arguments: argparse.Namespace) -> int:
    set_up_django()
    from limosa.config.messages import update_catalogs

    print("\n".join(update_catalogs()))
    return 0
