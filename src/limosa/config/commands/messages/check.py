"""Check the translations.

Reports texts without a translation, translations whose placeholders or surrounding spaces differ,
files that are out of date, and text in templates that is not marked for translation. Prints a line
for each, with file, line and error; exits with 1 if there are any.
"""

import argparse


def run(_arguments: argparse.Namespace) -> int:
    from limosa.config.messages.catalogs import LANGUAGES
    from limosa.config.messages.faults import all_faults

    found = list(all_faults())
    for fault in found:
        print(fault)
    if not found:
        print(f"translations: complete in {len(LANGUAGES)} languages")
    return 1 if found else 0
