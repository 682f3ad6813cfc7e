"""Use on suppliers' eSIMs is reported to the suppliers, and all other use to the product."""

from dataclasses import dataclass, field

import pytest

from limosa.simulators.virtual_network.feed import FeedError, SuppliersFirst
from limosa.simulators.virtual_network.records import Answer, UsageRecord

THEIRS, OURS, NOBODYS = "8985000000000000001", "8901260000000000012", "8901260000000000020"


@dataclass
class Feed:
    """A feed that knows some eSIMs; `is_away`: it does not answer."""

    known: set[str]
    is_away: bool = False
    heard: list[str] = field(default_factory=list)

    def report(self, records: list[UsageRecord]) -> list[Answer]:
        if self.is_away:
            raise FeedError("away")
        self.heard += [one.iccid for one in records]
        return [
            Answer(
                one.record_id,
                "recorded" if one.iccid in self.known else "unknown_esim",
                None,
                "none",
            )
            for one in records
        ]


def record(iccid: str, number: int = 1) -> UsageRecord:
    return UsageRecord(f"{iccid}-{number}", iccid, 0.0, 1.0, 1, 9)


def test_each_record_goes_to_whom_its_esim_belongs() -> None:
    suppliers, product = Feed({THEIRS}), Feed({OURS})
    feed = SuppliersFirst(suppliers, product)
    answers = feed.report([record(OURS), record(THEIRS), record(NOBODYS)])
    assert [one.status for one in answers] == ["recorded", "recorded", "unknown_esim"]
    assert [one.record_id for one in answers] == [f"{OURS}-1", f"{THEIRS}-1", f"{NOBODYS}-1"]
    assert product.heard == [OURS, NOBODYS]


def test_what_the_product_has_taken_is_not_asked_of_suppliers_again() -> None:
    suppliers, product = Feed({THEIRS}), Feed({OURS})
    feed = SuppliersFirst(suppliers, product)
    feed.report([record(OURS)])
    suppliers.is_away = True
    assert feed.report([record(OURS, 2)])[0].status == "recorded"
    with pytest.raises(FeedError):
        feed.report([record(THEIRS)])
    assert suppliers.heard == [OURS]


def test_nothing_is_acknowledged_while_the_product_is_away() -> None:
    suppliers, product = Feed({THEIRS}), Feed({OURS}, is_away=True)
    feed = SuppliersFirst(suppliers, product)
    with pytest.raises(FeedError):
        feed.report([record(THEIRS), record(OURS)])
    assert [one.status for one in feed.report([record(THEIRS)])] == ["recorded"]
