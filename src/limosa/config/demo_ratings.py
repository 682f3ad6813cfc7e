"""The demo's ratings: marked as the demo's on every page, and none of a bundle."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from limosa.domain.catalog.models import Carrier
from limosa.domain.ratings.engine.questions import Answers, Question
from limosa.domain.ratings.models import Rating
from limosa.domain.ratings.operations.add_demo_rating import add_demo_rating
from limosa.domain.ratings.operations.ask_for_ratings import ask_for_ratings
from limosa.domain.ratings.operations.plan_invitations import plan_invitations
from limosa.domain.ratings.operations.publish_due_places import publish_due_places
from limosa.domain.ratings.operations.weigh_all_ratings import weigh_all_ratings
from limosa.domain.track_record.operations.measure_service import measure_service


class Network(NamedTuple):
    """A carrier in a country, and how it is rated: speed, coverage, setting up and help, in turn.

    A dash: not answered.
    """

    carrier: str
    country: str
    answers: tuple[str, ...]
    comments: tuple[tuple[str, str], ...]


NETWORKS = (
    Network(
        "t-mobile",
        "US",
        ("545-", "5354", "4455", "454-", "53-5", "4345", "545-", "3254", "5554", "435-"),
        (
            ("湾区和西雅图都很快，国家公园里基本没信号。", "zh-hans"),
            ("Fast in every city we went to. Nothing at all in Death Valley.", "en"),
            ("安裝很簡單，五分鐘就好了。", "zh-hant"),
            ("En la autopista entre Phoenix y Flagstaff se cae a menudo.", "es"),
            ("Upgraded from the 10 GB plan half way; it just went on.", "en"),
        ),
    ),
    Network(
        "att",
        "US",
        ("4454", "355-", "4544", "2455", "45-4", "344-", "455-", "3554"),
        (
            ("Slower downtown than the others, but it worked in Yosemite.", "en"),
            ("达拉斯郊区信号稳定，晚上会慢一些。", "zh-hans"),
            ("Buena cobertura en Texas y Luisiana.", "es"),
        ),
    ),
)
ROUNDS = 3  # Each answer is given so often, in different months.
DAYS_APART = 11


def load_ratings(*, now: datetime) -> None:
    """Load the ratings unless there are some, and ask the demo's people; publish and measure."""
    if not Rating.objects.exists():
        for network in NETWORKS:
            if Carrier.objects.filter(code=network.carrier).exists():
                _load(network, now)
    plan_invitations(now=now)
    ask_for_ratings(now=now)
    publish_due_places(now=now)
    weigh_all_ratings(now=now)
    measure_service(now=now)


def _load(network: Network, now: datetime) -> None:
    for number, answers in enumerate(_rounds(network.answers)):
        add_demo_rating(
            network=(network.carrier, network.country),
            day=(now - timedelta(days=DAYS_APART * number // 2)).date(),
            answers=answers,
            comment=network.comments[number] if number < len(network.comments) else ("", "en"),
            now=now,
        )


def _rounds(texts: tuple[str, ...]) -> Iterator[Answers]:
    for text in texts * ROUNDS:
        yield {
            question: int(letter)
            for question, letter in zip(Question, text, strict=True)
            if letter != "-"
        }
