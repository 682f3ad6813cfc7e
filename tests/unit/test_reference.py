"""The reference names what there is, and nothing else."""

import ast
import enum
import importlib
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import limosa
import limosa_lab.commands
from limosa.config import commands
from limosa.domain.autorenewal.engine.cycle_life import CYCLE_LIFE, CycleState
from limosa.domain.charging.engine.deduction import FinalUnitAction
from limosa.domain.charging.engine.reserve_life import RESERVE_LIFE, ReserveState
from limosa.domain.connectivity.engine.supplying import SupplyState
from limosa.domain.esims.engine.bundle_life import BUNDLE_LIFE
from limosa.domain.esims.engine.installation_life import InstallationState
from limosa.domain.esims.models import BundleState, EsimState
from limosa.domain.notifications.models import MailState
from limosa.domain.ordering.engine.plan_change_life import PLAN_CHANGE_LIFE, PlanChangeState
from limosa.domain.ordering.models import OrderState
from limosa.domain.payments.engine.dispute_life import DISPUTE_LIFE
from limosa.domain.payments.engine.payment_life import PAYMENT_LIFE
from limosa.domain.payments.engine.refund_life import REFUND_LIFE
from limosa.domain.payments.engine.settlement_life import DIFFERENCE_LIFE, SETTLEMENT_LIFE
from limosa.domain.payments.models import (
    DifferenceState,
    DisputeState,
    PaymentState,
    RefundState,
    SettlementState,
)
from limosa.domain.redemption.engine.code_life import CODE_LIFE, CodeState
from limosa.domain.rsp.engine.order_life import DOWNLOAD_LIFE, DownloadState
from limosa.domain.support.models import CaseState, ProposalState
from limosa.domain.wholesale.engine.proposing import ProposalState as PriceProposalState
from limosa.domain.wholesale.engine.sheet_life import SheetState
from limosa.foundation.errors import DomainRefusal
from limosa.foundation.state_machine import StateMachine
from tools.reference import PAGES

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def section(name: str, heading: str) -> str:
    return page(name).split(f"\n## {heading}\n")[1].split("\n## ")[0]


def first_cells(text: str) -> list[str]:
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def test_options_and_settings_are_marked_up_whole_also_with_digits() -> None:
    pages = "".join(page(name) for name in PAGES)
    assert not re.findall(r"`(?:--|LIMOSA_)[\w-]*`\w", pages)
    assert "`--es2plus-port`" in pages


def test_every_setting_that_the_code_names_is_described() -> None:
    named = {
        name
        for file in (ROOT / "src/limosa").rglob("*.py")
        for name in re.findall(r"\bLIMOSA_[A-Z0-9_]*[A-Z0-9]\b", file.read_text(encoding="utf-8"))
    }
    assert named | {"DATABASE_URL"} == set(first_cells(page("settings.md")))
    assert len(named) >= 50


def test_a_setting_that_is_needed_is_described_as_needed() -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("LIMOSA_")
    }
    done = subprocess.run(
        [sys.executable, "-c", "import limosa.config.settings"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    needed = set(re.findall(r"^\| `(\w+)` \| none: needed", page("settings.md"), re.MULTILINE))
    assert set(re.findall(r"(LIMOSA_\w+) is not set", done.stderr)) == needed


def test_every_command_has_a_heading() -> None:
    headings = re.findall(r"^## limosa (.+)$", page("commands.md"), re.MULTILINE)
    folders = [Path(*package.__path__) for package in (commands, limosa_lab.commands)]
    files = [file for folder in folders for file in folder.rglob("*.py") if has_run(file)]
    assert len(files) > 20
    assert len(headings) == len(files)


def has_run(file: Path) -> bool:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == "run" for node in tree.body)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_that_is_made_from_the_sources_is_up_to_date(name: str) -> None:
    assert page(name) == PAGES[name](), "run .venv/bin/python tools/reference.py"


def refusals(root: type[DomainRefusal] = DomainRefusal) -> set[tuple[str, str]]:
    """Return code and class of every refusal of ours; the code's tests may have more."""
    return {
        found
        for one in root.__subclasses__()
        if one.__module__.startswith("limosa.")
        for found in {(one.code, one.__name__), *refusals(one)}
    }


def test_every_refusal_is_described() -> None:
    for module in pkgutil.walk_packages(limosa.__path__, "limosa."):
        if ".simulators" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    rows = re.findall(r"^\| `(\w+)` \| .+ \| `(\w+)` \|$", page("refusals.md"), re.MULTILINE)
    assert rows == sorted(refusals())


@pytest.mark.parametrize(
    ("heading", "states"),
    [
        ("eSIM", EsimState),
        ("Bundle", BundleState),
        ("Supply", SupplyState),
        ("Order", OrderState),
        ("Download order", DownloadState),
        ("Payment", PaymentState),
        ("Refund", RefundState),
        ("Settlement", SettlementState),
        ("Difference", DifferenceState),
        ("Dispute", DisputeState),
        ("Mail", MailState),
        ("Refund proposal", ProposalState),
        ("Case", CaseState),
        ("Renewal cycle", CycleState),
        ("Price sheet", SheetState),
        ("Price proposal", PriceProposalState),
        ("Installation", InstallationState),
        ("Redemption code", CodeState),
        ("Change of plan", PlanChangeState),
    ],
)
def test_every_state_is_described(heading: str, states: type[enum.Enum]) -> None:
    text = section("statuses.md", heading)
    known = [str(state.value) for state in states]
    assert first_cells(text) == known
    nexts = re.findall(r"^\| `\w+` \| .+ \| (.+) \|$", text, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", " ".join(nexts))) <= set(known)
    drawn = re.findall(r"^ +(\S+) --> (\w+)", text, re.MULTILINE)
    assert {state for arrow in drawn for state in arrow} <= {*known, "[*]"}


@pytest.mark.parametrize(
    ("heading", "states", "life"),
    [
        ("Bundle", BundleState, BUNDLE_LIFE),
        ("Reserve", ReserveState, RESERVE_LIFE),
        ("Download order", DownloadState, DOWNLOAD_LIFE),
        ("Payment", PaymentState, PAYMENT_LIFE),
        ("Refund", RefundState, REFUND_LIFE),
        ("Settlement", SettlementState, SETTLEMENT_LIFE),
        ("Difference", DifferenceState, DIFFERENCE_LIFE),
        ("Dispute", DisputeState, DISPUTE_LIFE),
        ("Renewal cycle", CycleState, CYCLE_LIFE),
        ("Redemption code", CodeState, CODE_LIFE),
        ("Change of plan", PlanChangeState, PLAN_CHANGE_LIFE),
    ],
)
def test_what_may_come_next_is_what_the_code_lets_happen(
    heading: str, states: type[enum.StrEnum], life: StateMachine[Any, Any]
) -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| .+ \| (.+) \|$", section("statuses.md", heading), re.MULTILINE
    )
    described = {state: set(re.findall(r"`(\w+)`", nexts)) for state, nexts in rows}
    assert described == {str(state): life.nexts(state) for state in states}


def test_every_final_unit_action_is_described() -> None:
    [row] = re.findall(r"^\| `final_unit_action` \| (.+) \|$", page("usage-feed.md"), re.MULTILINE)
    assert re.findall(r"`(\w+)`", row) == [action.value for action in FinalUnitAction]
