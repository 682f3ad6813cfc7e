"""A token has so many places in all processes together, and what ends gives its places back."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from limosa.servers.shared_crowd import SharedCrowd

# Takes places one after the other until there are none, says how many it holds, and waits.
HOLDER = """
import sys
from contextlib import ExitStack
from pathlib import Path
from limosa.servers.shared_crowd import SharedCrowd

crowd = SharedCrowd(Path(sys.argv[1]), each_max=int(sys.argv[2]))
with ExitStack() as held:
    print(sum(held.enter_context(crowd.place_for(sys.argv[3])) for _ in range(int(sys.argv[4]))))
    sys.stdout.flush()
    sys.stdin.read()
"""


@contextmanager
def holder(file: Path, *, each_max: int, whom: str, wanted: int) -> Iterator[int]:
    """Hold places in another process, which is killed at the end; gives how many it got."""
    words = [str(file), str(each_max), whom, str(wanted)]
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def taken(crowd: SharedCrowd, whom: str, *, tries: int, held: ExitStack) -> int:
    return sum(held.enter_context(crowd.place_for(whom)) for _ in range(tries))


def test_each_has_its_own_places_and_gives_them_back(tmp_path: Path) -> None:
    crowd = SharedCrowd(tmp_path / "places", each_max=2)
    for _ in range(2):
        with ExitStack() as held:
            assert taken(crowd, "a", tries=3, held=held) == 2
            assert taken(crowd, "b", tries=3, held=held) == 2
    assert not crowd._ours


def test_a_place_that_is_given_back_is_taken_again(tmp_path: Path) -> None:
    crowd = SharedCrowd(tmp_path / "places", each_max=2)
    with ExitStack() as held:
        with crowd.place_for("a"):
            assert taken(crowd, "a", tries=2, held=held) == 1
        assert taken(crowd, "a", tries=2, held=held) == 1


def test_processes_share_the_places_and_a_killed_one_gives_them_back(tmp_path: Path) -> None:
    file = tmp_path / "places"
    crowd = SharedCrowd(file, each_max=5)
    with ExitStack() as held:
        with holder(file, each_max=5, whom="a", wanted=3) as theirs:
            assert theirs == 3
            assert taken(crowd, "a", tries=5, held=held) == 2
            assert taken(crowd, "b", tries=9, held=held) == 5
            with holder(file, each_max=5, whom="a", wanted=1) as none_left:
                assert none_left == 0
        assert taken(crowd, "a", tries=5, held=held) == 3


def test_what_is_kept_is_kept_by_one_of_all_processes(tmp_path: Path) -> None:
    file = tmp_path / "told"
    crowd = SharedCrowd(file, each_max=1)
    with holder(file, each_max=1, whom="ready", wanted=1) as theirs:
        assert theirs == 1
        assert not crowd.keep("ready")
    assert crowd.keep("ready")
    assert not crowd.keep("ready")
