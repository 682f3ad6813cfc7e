"""What must be true of reserves: I13 at every moment, and their own counts at rest."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from limosa.domain.charging.queries import reserve_drifts
from limosa.domain.esims.engine.bundle_life import OPEN_STATES
from limosa_lab.simulation.broken import check
from limosa_lab.simulation.world import World

# Rows for the statement that reads everything. `after`: the state of the bundle that it follows.
TABLE = """
    SELECT r.id, b.order_number, r.state, b.state AS after, r.volume_bytes, r.used_bytes,
           (SELECT count(*) FROM esims_bundle o
             WHERE o.esim_id = r.esim_id AND o.state IN ('queued', 'active')) AS open_beside
      FROM charging_reserve r JOIN esims_bundle b ON b.id = r.bundle_id"""


def check_reserves(world: World, rows: Sequence[list[Any]]) -> None:
    """I13: at most one after a bundle that has ended, none beside a plan, and none where none is
    offered."""
    is_offered = world.configuration.has_reserve
    check(is_offered or not rows, "I13", f"none is offered, and there are {len(rows)}")
    twice = [number for number, n in Counter(row[1] for row in rows).items() if n > 1]
    check(not twice, "I13", f"more than one reserve after {twice}")
    for _, number, state, after, volume, used, beside in rows:
        check(after not in OPEN_STATES, "I13", f"a reserve before the end of {number}")
        check(state != "open" or not beside, "I13", f"the reserve after {number} and a plan")
        check(0 <= used <= volume, "I13", f"of the reserve after {number}: {used} of {volume}")


def check_reserves_at_rest() -> None:
    """I13: what records took of each is what it counts."""
    check(reserve_drifts() == [], "I13", reserve_drifts())
