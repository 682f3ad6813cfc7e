"""The rows of coverage files that say something of plans: networks, and other facts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from limosa.domain.catalog.engine.faults import FaultList, UnreadableTextError
from limosa.domain.catalog.engine.rows import Row
from limosa.domain.catalog.engine.units import read_code, read_country
from limosa.domain.coverage.engine.facts import (
    GENERATIONS,
    OPERATOR_LENGTH_MAX,
    OTHER_GENERATION_NAMES,
    Networks,
    Origin,
    PlanFacts,
    PlanNetwork,
    in_order,
)
from limosa.domain.coverage.engine.table import Table

SERVICE_LENGTH_MAX = 60
SERVICES_MAX = 20


class Subject(NamedTuple):
    """Of what a row speaks: a plan or a carrier, by its code."""

    origin: Origin
    code: str

    @property
    def column(self) -> str:
        """The column that names it."""
        return "plan" if self.origin is Origin.PLAN_FILE else "carrier"

    def __str__(self) -> str:
        return f"{self.column} {self.code}"


@dataclass(frozen=True, slots=True)
class KnownSubjects:
    """The codes that rows may name, and the countries of each plan."""

    plans: Mapping[str, Collection[str]]
    carriers: Collection[str]


def read_stated_networks(
    table: Table, *, known: KnownSubjects, faults: FaultList
) -> dict[Subject, Networks]:
    """Return the networks of each subject; errors are added, and reading goes on."""
    found: dict[Subject, dict[str, list[PlanNetwork]]] = {}
    lines: dict[tuple[Subject, str, str], int] = {}
    for row in table.read(faults):
        subject = _subject(row, known)
        countries = row.texts("countries", read_country)
        if not row.has("countries"):
            row.fault("countries", "is missing; write the codes of countries, as US PR")
        operator = row.read("operator", read_operator)
        generation = row.read_if_given("generation", read_generation) or ""
        if subject is None or operator is None:
            continue
        for country in countries:
            _check_reached(row, subject, country, known)
            key = subject, country, operator.casefold()
            if key in lines:
                row.fault("operator", f"stands in line {lines[key]} for {country} already")
            lines.setdefault(key, row.line)
            network = PlanNetwork(operator, generation)
            found.setdefault(subject, {}).setdefault(country, []).append(network)
    return {
        subject: {place: in_order(rows) for place, rows in places.items()}
        for subject, places in found.items()
    }


def read_stated_facts(
    table: Table, *, known: KnownSubjects, faults: FaultList
) -> dict[Subject, PlanFacts]:
    """Return what is said of each subject, without networks; errors are added."""
    found: dict[Subject, PlanFacts] = {}
    lines: dict[Subject, int] = {}
    for row in table.read(faults):
        subject = _subject(row, known)
        facts = PlanFacts(
            tethering=row.read_if_given("tethering", read_flag),
            identity_check=row.read_if_given("identity_check", read_flag),
            has_number=row.read_if_given("number", read_flag),
            has_calls=row.read_if_given("calls", read_flag),
            has_texts=row.read_if_given("texts", read_flag),
            exit_country=row.read_if_given("exit_country", read_country) or "",
            blocked_services=row.read_if_given("blocked_services", read_services) or (),
        )
        if subject is None:
            continue
        if subject in lines:
            row.fault(subject.column, f"stands in line {lines[subject]} already")
        lines.setdefault(subject, row.line)
        found[subject] = facts
    return found


def read_operator(text: str) -> str:
    """Return an operator's name as people know it."""
    if len(text) > OPERATOR_LENGTH_MAX or not text.isprintable():
        raise UnreadableTextError(
            f'"{text[:20]}…" is no name; use at most {OPERATOR_LENGTH_MAX} printable characters'
        )
    return text


def read_generation(text: str) -> str:
    """Return a generation. LTE and NR are other names of 4G and 5G."""
    found = OTHER_GENERATION_NAMES.get(text.upper(), text.upper())
    if found not in GENERATIONS:
        raise UnreadableTextError(f'"{text}" is no generation; write {", ".join(GENERATIONS)}')
    return found


def read_flag(text: str) -> bool:
    """Return yes or no."""
    if text not in {"yes", "no"}:
        raise UnreadableTextError(f'"{text}" is neither yes nor no; leave it empty if not known')
    return text == "yes"


def read_services(text: str) -> tuple[str, ...]:
    """Return the names of services, separated by semicolons, each once."""
    names = tuple(dict.fromkeys(name for part in text.split(";") if (name := part.strip())))
    if len(names) > SERVICES_MAX:
        raise UnreadableTextError(f"has {len(names)} services; use at most {SERVICES_MAX}")
    for name in names:
        if len(name) > SERVICE_LENGTH_MAX or not name.isprintable():
            raise UnreadableTextError(f"a name has at most {SERVICE_LENGTH_MAX} printable letters")
    return names


def _subject(row: Row, known: KnownSubjects) -> Subject | None:
    has_plan, has_carrier = row.has("plan"), row.has("carrier")
    if has_plan == has_carrier:
        row.fault("plan", "name either a plan or a carrier, and not both")
        return None
    name = "plan" if has_plan else "carrier"
    code = row.read(name, read_code)
    if code is None:
        return None
    if code not in (known.plans if has_plan else known.carriers):
        row.fault(name, f'"{code}" is not a {name} of the catalogue')
        return None
    return Subject(Origin.PLAN_FILE if has_plan else Origin.CARRIER_FILE, code)


def _check_reached(row: Row, subject: Subject, country: str, known: KnownSubjects) -> None:
    if subject.origin is Origin.PLAN_FILE and country not in known.plans[subject.code]:
        row.fault("countries", f"the plan {subject.code} does not reach {country}")
