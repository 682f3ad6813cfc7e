"""Say what is missing in the translations; exits with 1 when anything is.

A text without a translation, one whose placeholders differ, a file that is out of date, and text
in a template that nobody marked for translation.
"""

import argparse

from limosa.config.command import set_up_django


def run(_arguments: argparse.Namespace) -> int:
    set_up_django()
    from limosa.config.messages import LANGUAGES, faults

    found = list(faults())
    for fault in found:
        print(fault)
    if not found:
        print(f"translations: complete in {len(LANGUAGES)} languages beside English")
    return 1 if found else 0
