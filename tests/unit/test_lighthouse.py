"""What `make lighthouse` reads in a report, and what it takes for a fault."""

from typing import Any

import pytest

from tools.lighthouse import CATEGORIES, faults_of, read_report

URL = "http://127.0.0.1:8000/plans/"


def report(score: float = 1.0, **asked: tuple[str, int]) -> dict[str, Any]:
    """Return a report of a page that asked for files: by type, the address and the bytes."""
    items = [
        {"url": url, "resourceType": kind, "resourceSize": size, "transferSize": size // 4}
        for kind, (url, size) in asked.items()
    ]
    return {
        "categories": {
            name: {
                "score": score,
                "auditRefs": [{"id": "slow", "weight": 1}, {"id": "told", "weight": 0}],
            }
            for name in CATEGORIES
        },
        "audits": {
            "network-requests": {"score": 1, "details": {"items": items}},
            "slow": {"score": score},
            "told": {"score": 0},
        },
    }


def test_a_light_and_quick_page_has_no_fault() -> None:
    measured = read_report(report(Document=(URL, 80 * 1024), Script=(f"{URL}x.js", 60_000)), URL)
    assert measured.sent_bytes == 20 * 1024 + 15_000
    assert list(faults_of([measured])) == []


def test_the_best_round_counts() -> None:
    rounds = [read_report(report(score), URL) for score in (0.5, 0.95)]
    assert list(faults_of(rounds)) == []
    assert next(faults_of(rounds[:1])) == "performance is 50: slow"


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({"Document": (URL, 80 * 1024 + 1)}, "the page has 81,921 bytes"),
        ({"Script": (f"{URL}x.js", 60_001)}, "its scripts have 60,001 bytes"),
        ({"Image": ("http://127.0.0.1:8001/x.png", 9)}, "elsewhere: http://127.0.0.1:8001/x.png"),
    ],
)
def test_weight_and_strangers_are_faults(asked: dict[str, tuple[str, int]], fault: str) -> None:
    [found] = faults_of([read_report(report(1.0, **asked), URL)])
    assert fault in found


def test_a_page_that_could_not_be_read_is_no_page_without_faults() -> None:
    failed = report() | {"runtimeError": {"message": "NO_FCP"}}
    with pytest.raises(SystemExit, match="NO_FCP"):
        read_report(failed, URL)
