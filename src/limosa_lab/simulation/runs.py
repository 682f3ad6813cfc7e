"""Many runs, one after the other, in one process."""

from collections.abc import Iterable, Iterator

from django.core.management import call_command
from django.db import connection, connections

from limosa_lab.simulation import world
from limosa_lab.simulation.broken import InvariantBrokenError
from limosa_lab.simulation.configuration import PAYMENTS, SUPPLIERS
from limosa_lab.simulation.course import Course
from limosa_lab.simulation.monitor import Monitor
from limosa_lab.simulation.outcome import Happened, RunResult
from limosa_lab.simulation.renewal_choices import RENEWALS
from limosa_lab.simulation.renewals.course import RenewalCourse
from limosa_lab.simulation.renewals.meeting import met_in
from limosa_lab.simulation.renewals.shop import make_renewal_plans
from limosa_lab.simulation.stage import Stage
from limosa_lab.simulation.supplier_course import SupplierCourse
from limosa_lab.simulation.supplier_witness import witnessed_at_suppliers
from limosa_lab.simulation.witness import witnessed

PLACES = 4
COURSES: dict[str, type[Course]] = {
    PAYMENTS: Course,
    SUPPLIERS: SupplierCourse,
    RENEWALS: RenewalCourse,
}


class Theatre:
    """The stage and the monitor of this process, kept from run to run."""

    def __init__(self) -> None:
        self.monitor = Monitor()
        self.stage = Stage(
            places=PLACES, locks=self.monitor, arrive=self._arrive, leave=connections.close_all
        )

    def close(self) -> None:
        """End the threads and close the connections."""
        self.stage.close()
        self.monitor.close()
        connections.close_all()

    def play(self, *, seed: int, polls: bool, space: str = PAYMENTS) -> RunResult:
        """Play one run to its end, or until an invariant breaks."""
        course = COURSES[space](seed=seed, polls=polls, stage=self.stage, monitor=self.monitor)
        broken: InvariantBrokenError | None = None
        try:
            course.run()
        except InvariantBrokenError as fault:
            broken = fault
            self.stage.clear()
        return RunResult(
            seed=seed,
            configuration=course.configuration,
            polls=polls,
            events=course.events,
            crashes=course.crashes,
            deadlocks=course.deadlocks,
            digest=course.digest,
            happened=_happened(course),
            broken=broken.name if broken else "",
            message=str(broken) if broken else "",
            log=tuple(course.log) if broken else (),
        )

    def play_all(
        self, seeds: Iterable[int], *, polls: bool, space: str = PAYMENTS
    ) -> Iterator[RunResult]:
        """Play runs, and yield how each ended."""
        for seed in seeds:
            yield self.play(seed=seed, polls=polls, space=space)

    def _arrive(self, place: int) -> None:
        connection.ensure_connection()
        self.monitor.know(place, connection.connection.info.backend_pid)


def _happened(course: Course) -> frozenset[Happened]:
    found = witnessed(course.world, course.invariants.rows)
    if course.space == PAYMENTS:
        return found
    if isinstance(course, RenewalCourse):
        return met_in(course)
    return found | witnessed_at_suppliers(course.world)


def prepare_database() -> None:
    """Create the tables, and what every run starts with."""
    call_command("migrate", interactive=False, verbosity=0)
    world.make_base()
    make_renewal_plans()
