"""The demo's set-up, run at each start: schema, style sheets, texts, data.

Skips what is done already. Prints a line per step; marked lines contain the sign-ins, and what
phones are to have.
"""

import hashlib
import json
import sys
from pathlib import Path

from limosa.config.cli import main as limosa
from limosa.config.command import set_up_django
from limosa.config.demo_run import PHONE_MARK, SIGN_IN_MARK


def main() -> int:
    set_up_django()
    from django.utils import timezone

    from limosa.config import demo_data, demo_ratings, demo_supplies

    for step in (("migrate",), ("messages", "compile")):
        if code := limosa(step):
            return code
    _collect_static_files()
    sign_ins = demo_data.load(now=timezone.now())
    demo_supplies.stock_profiles(now=timezone.now())
    demo_ratings.load_ratings(now=timezone.now())
    for sign_in in sign_ins:
        _say(f"{SIGN_IN_MARK}{sign_in}")
    for wanted in demo_data.to_download(sign_ins):
        _say(f"{PHONE_MARK}{wanted}")
    return 0


def _say(text: str) -> None:
    print(text, flush=True)


def _collect_static_files() -> None:
    """Collect and compress style sheets, scripts and pictures, if any have changed."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    sources = {
        path: Path(storage.path(path)).stat().st_mtime_ns
        for finder in get_finders()
        for path, storage in finder.list(None)
    }
    digest = hashlib.sha256(json.dumps(sources, sort_keys=True).encode()).hexdigest()
    stamp = Path(settings.STATIC_ROOT) / ".gathered"
    if stamp.exists() and stamp.read_text(encoding="ascii") == digest:
        return
    _say("gathering style sheets, scripts and pictures")
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(digest, encoding="ascii")


if __name__ == "__main__":
    sys.exit(main())
