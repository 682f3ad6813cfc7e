"""Compare a provider's settlement of a day with the books.

The worker does this each night for the previous day. A day that has not ended in the provider's own
time zone is refused. Running it again is harmless: nothing is stored or booked twice, and what
staff resolved stays resolved while both sides are unchanged. Differences are shown in the console,
under Money, with what to do. See docs/howto/reconcile-a-day.md.
"""

import argparse
from contextlib import nullcontext
from datetime import date
from pathlib import Path

from limosa.config.command import CommandFault, counted, set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("provider", help="one that is set up, such as wechatpay")
    parser.add_argument("day", type=_day, help="a day in the provider's time zone: 2026-11-20")
    parser.add_argument(
        "--file",
        type=Path,
        metavar="F",
        help="the settlement in the provider's own format (default: fetched from it)",
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day like 2026-11-20") from None


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.conf import settings
    from django.utils import timezone

    from limosa.config.progress import StepBars
    from limosa.domain.ordering.operations.reconcile import reconcile
    from limosa.domain.payments.models import Difference, DifferenceState
    from limosa.domain.payments.refusals import DayNotOverError
    from limosa.foundation.errors import ProviderError, RemoteProtocolError

    if arguments.provider not in settings.PAYMENT_PROVIDERS:
        known = ", ".join(sorted(settings.PAYMENT_PROVIDERS)) or "none"
        raise CommandFault(
            f"No payment provider called {arguments.provider} is set up here. Set up: {known}."
        )
    bars = StepBars()
    try:
        with arguments.file.open("rb") if arguments.file else nullcontext() as file:
            settlement = reconcile(
                provider_code=arguments.provider,
                day=arguments.day,
                now=timezone.now(),
                file=file,
                report=bars.show,
            )
    except OSError as error:
        raise CommandFault(f"{arguments.file} can't be read: {error.strerror}.") from error
    except DayNotOverError as error:
        raise CommandFault(f"{error}. It can be compared when it has ended there.") from error
    except (ProviderError, RemoteProtocolError) as error:
        raise CommandFault(_why_not_compared(arguments, error)) from error
    finally:
        bars.finish()
    still_open = Difference.objects.filter(settlement=settlement, state=DifferenceState.OPEN)
    print(
        f"{settlement.provider} {settlement.day}: {counted(settlement.lines, 'line')}, "
        f"{settlement.matched:,} matched, {counted(still_open.count(), 'open difference')}, "
        f"{bars.seconds:.1f} s"
    )
    return 0


def _why_not_compared(arguments: argparse.Namespace, error: Exception) -> str:
    from django.conf import settings

    from limosa.foundation.errors import ProviderError

    provider: str = arguments.provider
    titles = {one.code: one.title for one in settings.PROVIDER_DECLARATIONS}
    title = titles.get(provider, provider)
    why = str(error).removeprefix("resource_malformed: ")
    if arguments.file:
        return f"{arguments.file} is not {title}'s settlement report: {why}. Nothing was changed."
    if isinstance(error, ProviderError):
        return f"{provider} gave no settlement: {error}"
    return f"The settlement that {title} gave can't be read: {why}"
