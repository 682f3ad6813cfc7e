"""Re-encrypt everything under the newest key.

The newest key is the first one in LIMOSA_ENCRYPTION_KEYS. The service can keep running. If
interrupted, run the command again: it continues where it stopped. Once it has finished, the other
keys are no longer needed and can be removed from the setting. See docs/howto/rotate-keys.md.
"""

import argparse

from limosa.config.command import CommandFault, add_number, counted, set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_number(parser, "--batch", least=1, default=1000, about="rows per transaction")


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
            f"{error}. Put it back after the newest one, then run this again."
        ) from error
    except DecryptionError as error:
        raise CommandFault(
            f"A row of {error} can't be decrypted: something other than Limosa has changed it. The "
            "rows before it are re-encrypted. Restore this one from a backup, then run this again."
        ) from error
    finally:
        bars.finish()
    print(f"re-encrypted {counted(rows, 'row')} in {bars.seconds:.0f} s")
    return 0
