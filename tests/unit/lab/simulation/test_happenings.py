"""What has happened is counted with every choice; what never did is named, once it is due."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import limosa.domain
from limosa_lab.simulation.configuration import CHOICES, draw
from limosa_lab.simulation.flavours import AtOnce, Captured, Cards
from limosa_lab.simulation.happenings import HAPPENINGS, SUPPLIER_HAPPENINGS, meetings, never_met
from limosa_lab.simulation.outcome import Happened, RunResult

RUNS = 300
RUNS_FOR_THE_RARE = 2000
ALL: frozenset[Happened] = frozenset(
    (name, channel) for name, one in HAPPENINGS.items() for channel in one.channels or ("",)
)


def result(seed: int, happened: frozenset[Happened] = ALL) -> RunResult:
    return RunResult(
        seed=seed,
        configuration=draw(seed),
        polls=True,
        events=1,
        crashes=0,
        deadlocks=0,
        digest="",
        happened=happened,
    )


def test_runs_in_which_all_happens_have_met_every_pair() -> None:
    results = [result(seed) for seed in range(RUNS)]
    assert never_met(results) == []
    met, of, every = meetings(results).split()[:3]
    assert (met, of) == (every, "of")


def test_what_never_happened_with_one_choice_is_named_with_it() -> None:
    credited = ("entry payment", "")
    results = [
        result(seed, ALL - {credited} if draw(seed).currency == "KWD" else ALL)
        for seed in range(RUNS)
    ]
    assert never_met(results) == [(("currency", "KWD"), "entry payment")]


def test_what_happened_in_another_channel_has_happened_with_the_choice() -> None:
    by_card = ("payment", "cards")
    results = [
        result(seed, ALL - {by_card} if draw(seed).currency == "KWD" else ALL)
        for seed in range(RUNS)
    ]
    assert never_met(results) == []


def test_what_never_happened_in_one_channel_is_named_with_it() -> None:
    results = [result(seed, ALL - {("payment", "cards")}) for seed in range(RUNS)]
    assert never_met(results) == [(("channel", "cards"), "payment")]


@pytest.mark.parametrize("runs", [RUNS, RUNS_FOR_THE_RARE])
def test_what_is_rare_is_due_only_when_so_many_runs_would_meet_it(runs: int) -> None:
    rare = "dispute lost in part"
    without = frozenset(one for one in ALL if one[0] != rare)
    missing = never_met([result(seed, without) for seed in range(runs)])
    assert {name for _, name in missing} == ({rare} if runs == RUNS_FOR_THE_RARE else set())


# What staff enter of a supplier's bills: no run has staff who do. No run has codes either.
TESTED_APART = {"entry supplier_deposit", "entry supply_correction"}
TESTED_APART |= {"entry code_redeemed", "entry codes_paid"}
# Nor does anybody top up a wallet: tests/database/ordering/test_wallet_top_ups.py has those faults.
TESTED_APART |= {"entry top_up", "entry wallet_frozen", "entry wallet_thawed"}
# Nor change a plan: tests/database/ordering/test_changing_plan.py has what goes wrong then.
TESTED_APART |= {"entry plan_change"}
# And without top-ups there are no bonuses: tests/database/ordering/test_bonuses.py.
TESTED_APART |= {"entry bonus_granted", "entry bonus_expired", "entry bonus_taken_back"}
TESTED_APART |= {"entry bonus_held", "entry bonus_released"}


def test_every_kind_of_entry_that_is_posted_has_to_happen() -> None:
    """One that is added to the domain is looked for in the runs, or this fails."""
    posted = {f"entry {kind}" for kind in kinds_of_entries()}
    expected = {*HAPPENINGS, *SUPPLIER_HAPPENINGS} | TESTED_APART
    assert posted == {name for name in expected if name.startswith("entry ")}


def kinds_of_entries() -> Iterator[str]:
    """Yield the kinds that post_entry() is called with, as they stand in the code."""
    for file in Path(limosa.domain.__file__).parent.rglob("operations/*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "post_entry":
                yield from (
                    str(leaf.value)
                    for word in node.keywords
                    if word.arg == "kind"
                    for leaf in ast.walk(word.value)
                    if isinstance(leaf, ast.Constant) and leaf.value != "refunds_payable"
                )


def test_only_what_there_is_is_said_never_to_happen_and_every_channel_has_its_name() -> None:
    choices = {(axis, value) for axis, values in CHOICES.items() for value in values}
    channels = {AtOnce.code, Captured.code, Cards.code, "wallet"}
    for one in HAPPENINGS.values():
        assert set(one.never_with) <= choices
        assert set(one.channels) <= channels
