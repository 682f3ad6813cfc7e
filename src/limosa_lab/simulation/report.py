"""The output of `limosa simulate`."""

import os

from limosa.config.command import WrongCall
from limosa.config.progress import ProgressBar
from limosa_lab.simulation.configuration import RUNS_TO_COVER, coverage, never_drawn
from limosa_lab.simulation.happenings import meetings, never_met
from limosa_lab.simulation.outcome import RunResult
from limosa_lab.simulation.processes import Players, batches, simulation_cluster


def list_bugs(space: str) -> None:
    """Print the names of the planted bugs, and which invariants show each."""
    for name, shown_by in _bugs(space).items():
        print(f"{name:<28} {', '.join(shown_by)}")


def simulate(*, space: str, seeds: range, polls: bool, bug: str, processes: int) -> int:
    """Run the seeds; return 1 if an invariant broke, and print that run's log."""
    if bug and bug not in _bugs(space):
        raise WrongCall(f"There is no bug {bug!r}; `--bug list` names them.")
    bar = ProgressBar(f"simulating {space}", unit="runs")
    results: list[RunResult] = []

    def told(result: RunResult) -> bool:
        results.append(result)
        bar.show(len(results), len(seeds))
        return not result.broken

    with simulation_cluster() as url:
        players = Players(url, processes=min(processes, len(seeds)))
        try:
            players.play(batches(seeds, polls=polls, bug=bug, space=space), told=told)
        finally:
            players.close()
    bar.finish()
    return _tell(results, space)


def _tell(results: list[RunResult], space: str) -> int:
    drawn = [result.configuration for result in results]
    broken = sorted((r for r in results if r.broken), key=lambda r: r.seed)
    for result in broken[:1]:
        print("\n".join(result.log))
        print(f"seed {result.seed}: {result.message}")
    print(
        f"{len(results)} runs, {sum(r.events for r in results)} events, "
        f"{sum(r.crashes for r in results)} crashes, "
        f"{sum(r.deadlocks for r in results)} deadlocks: "
        f"{'an invariant broke' if broken else 'all invariants held'}"
    )
    print(f"{coverage(drawn, space)}, {meetings(results, space)}")
    missing = [] if broken else _missing(results, space)
    for words in missing:
        print(words)
    if len(results) == 1:
        print(f"log: {results[0].digest}")
    return 1 if broken or missing else 0


def _missing(results: list[RunResult], space: str) -> list[str]:
    """Return what this many runs should have drawn and met, but did not."""
    drawn = [result.configuration for result in results]
    unmet = never_met(results, space)
    pairs = never_drawn(drawn, space) if len(results) >= RUNS_TO_COVER[space] else []
    return [
        *(f"never drawn: {a} {one}, {b} {other}" for (a, one), (b, other) in pairs),
        *(f"never met: {axis} {value}, {what}" for (axis, value), what in unmet),
    ]


def _bugs(space: str) -> dict[str, list[str]]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "limosa_lab.simulation.settings")
    import django

    django.setup()
    from limosa_lab.simulation.planted_bugs import BUGS

    return {name: sorted(bug.shown_by) for name, bug in BUGS[space].items()}
