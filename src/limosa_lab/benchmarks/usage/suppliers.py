"""Suppliers that count in this process: their limits are real ones, their answers made up."""

import time
from collections.abc import Sequence
from datetime import timedelta

from limosa.domain.connectivity.answers import (
    Failure,
    Refused,
    SupplierEsim,
    SupplierUsage,
    SupplyAnswer,
    SupplyRequest,
)
from limosa.domain.connectivity.capabilities import Capabilities, UsageUnit
from limosa.domain.connectivity.port import (
    WithoutBalance,
    WithoutCallbacks,
    WithoutCancel,
    WithoutCharges,
    WithoutEndEarly,
    WithoutLookUp,
    WithoutMoves,
    WithoutPlans,
)
from limosa.foundation.volume import GB
from limosa_lab.benchmarks.usage.clock import START, FastClock
from limosa_lab.benchmarks.usage.findings import Question

VOLUME_BYTES = 20 * GB
# What an answer takes, in the clock's seconds.
_ANSWER_SECONDS = 0.3
_HOUR = timedelta(hours=1)


class CountingSupplier(
    WithoutLookUp,
    WithoutCancel,
    WithoutEndEarly,
    WithoutMoves,
    WithoutCallbacks,
    WithoutPlans,
    WithoutBalance,
    WithoutCharges,
):
    """Counts by the ICCID and the clock, and writes down who asked what when."""

    capabilities = Capabilities(usage_unit=UsageUnit.BYTE)
    code = ""
    clock = FastClock(0, 1)
    questions: list[Question]

    def __init__(self) -> None:
        self.questions = []

    def order(self, request: SupplyRequest) -> SupplyAnswer:
        """Refuse: nothing is sold here."""
        return Refused(failure=Failure.NEVER, reason=f"{request.number} is not sold")

    def usage(self, esims: Sequence[SupplierEsim]) -> list[SupplierUsage]:
        """Return what each has used: nine of ten at ease, the tenth near its end."""
        begun = self._seconds()
        self.clock.pause(_ANSWER_SECONDS)
        counted = [self._counted(esim) for esim in esims]
        question = Question(
            supplier=self.code,
            iccids=tuple(esim.iccid for esim in esims),
            begun=begun,
            answered=self._seconds(),
        )
        self.questions.append(question)
        return counted

    def _seconds(self) -> float:
        return (time.monotonic() - self.clock.began_at) * self.clock.speed

    def _counted(self, esim: SupplierEsim) -> SupplierUsage:
        now = self.clock.now()
        number = int(esim.iccid[-7:-1])
        is_near_end = number % 10 == 0
        begun_with = 18 * GB if is_near_end else number * 997 % (8 * GB)
        per_hour = 2 * GB if is_near_end else GB // 40
        used = begun_with + round(per_hour * ((now - START) / _HOUR))
        return SupplierUsage(
            esim=esim,
            as_of=now,
            used_bytes=min(used, VOLUME_BYTES),
            total_bytes=VOLUME_BYTES,
        )


class TensSupplier(CountingSupplier):
    """Takes ten eSIMs a call and eight calls a second, as eSIM Access does; counts hours late."""

    code = "bench-tens"
    capabilities = Capabilities(
        usage_unit=UsageUnit.BYTE,
        usage_age=timedelta(hours=3),
        usage_batch=10,
        calls_per_minute=480,
    )


class SlowSupplier(CountingSupplier):
    """Takes two calls a second, and does not say how old its counts are."""

    code = "bench-slow"
    capabilities = Capabilities(usage_unit=UsageUnit.KIB, usage_batch=10, calls_per_minute=120)


class SinglesSupplier(CountingSupplier):
    """Takes one eSIM a call, and five calls a second."""

    code = "bench-singles"
    capabilities = Capabilities(usage_unit=UsageUnit.MIB, usage_batch=1, calls_per_minute=300)


SUPPLIERS = (TensSupplier, SlowSupplier, SinglesSupplier)
# Of a hundred eSIMs.
SHARES = {"bench-tens": 72, "bench-slow": 21, "bench-singles": 7}
ADAPTERS = {one.code: f"{__name__}.{one.__qualname__}" for one in SUPPLIERS}
