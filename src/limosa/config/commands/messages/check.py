"""Say what is missing in the translations.

A text without a translation, one whose placeholders or outer spaces differ, a file that is out of
date, and text in a template that nobody marked for translation. A line each: file, line, fault;
exits with 1 when there is any.
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
