"""Re-encrypt everything under the first key.

That is the first key of LIMOSA_ENCRYPTION_KEYS. The service may keep running. If interrupted, it
continues where it stopped when run again. When it is done, the other keys are no longer needed and
may be removed from the setting. See docs/howto/rotate-keys.md.
"""

import argparse

from limosa.config.command import CommandFault, add_number, counted, set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_number(parser, "--batch", least=1, default=1000, about="rows a transaction")


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from limosa.config.progress import StepBars
    from limosa.config.reencrypting import reencrypt_all
    from limosa.domain.encryption.cipher import DecryptionError, EncryptionKeyMissingError

    bars = StepBars()
    try:
        rows = reencrypt_all(rows_per_batch=arguments.batch, report=bars.show)
    except EncryptionKeyMissingError as error:
        raise CommandFault(
            f"{error}. Put it back after the newest one, and run this again."
        ) from error
    except DecryptionError as error:
        raise CommandFault(
            f"A row of {error} does not open: it was changed by something else than Limosa. Rows "
            "before it are encrypted anew; restore this one from a backup, and run this again."
        ) from error
    finally:
        bars.finish()
    print(f"encrypted {counted(rows, 'row')} anew in {bars.seconds:.0f} s")
    return 0
