"""A supplier that outlives those who call it: its state is in a file beside the kills."""

from limosa.domain.connectivity.answers import SupplyAnswer, SupplyRequest
from tests.fakes.supplier import FakeSupplier
from tests.scenario.crashes.killing import FOLDER, step_of_this_thread


class Wholesale(FakeSupplier):
    """The fake, with a step before and after each order."""

    path = FOLDER.parent / "wholesale.sqlite"

    def order(self, request: SupplyRequest) -> SupplyAnswer:
        """Make an order."""
        step_of_this_thread("before the call")
        answer = super().order(request)
        step_of_this_thread("after the call")
        return answer
