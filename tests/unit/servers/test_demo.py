"""The demo's supervisor: starts again what ends, stops all in time, leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from limosa.servers.demo import Child, DemoFault, Program, Supervisor, check_ports

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); time.sleep(60)"  # noqa: E501
SUPERVISOR = """
import os, sys, time
from pathlib import Path
from limosa.servers.demo import Program, Supervisor
supervisor = Supervisor(logs=Path(sys.argv[1]), say=print)
supervisor.start([Program(name="sleeper", command=["sleep", "60"])], environment=os.environ)
print(supervisor._children[0]._process.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    before = {
        number: signal.getsignal(number)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    supervisor = Supervisor(logs=tmp_path, say=said.append)
    yield supervisor
    supervisor.stop()
    for number, handler in before.items():
        signal.signal(number, handler)


def program(name: str, code: str) -> Program:
    return Program(name=name, command=[sys.executable, "-c", code])


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_what_a_program_prints_is_passed_on(supervisor: Supervisor) -> None:
    heard: list[str] = []
    supervisor.run(program("talker", "print('a'); print('b')"), environment={}, hear=heard.append)
    assert heard == ["a", "b"]


def test_a_set_up_that_fails_stops_the_demo(supervisor: Supervisor) -> None:
    with pytest.raises(DemoFault, match="set-up ended with code 3"):
        supervisor.run(program("set-up", "raise SystemExit(3)"), environment={}, hear=print)


@pytest.mark.enable_socket  # The port is asked whether it accepts.
def test_a_child_that_does_not_start_is_named_with_the_end_of_its_log(
    supervisor: Supervisor,
) -> None:
    with pytest.raises(DemoFault, match=r"(?s)worker did not start.*no such luck"):
        supervisor.start(
            [Program(name="worker", command=["sh", "-c", "echo no such luck; exit 1"], port=1)],
            environment=os.environ,
        )


def test_a_child_that_was_killed_is_started_again_after_a_word(
    tmp_path: Path, said: list[str]
) -> None:
    child = Child(Program(name="worker", command=["sleep", "60"]), environment={}, logs=tmp_path)
    child.start()
    assert child._process is not None
    first = child._process.pid
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: not child.is_running)
    child.keep_running(said.append)
    time.sleep(1.1)  # The pause before the next life of one that died young.
    child.keep_running(said.append)
    assert child._process.pid != first
    assert said == [
        f"worker was ended by SIGKILL; starting it again. Its log: {tmp_path / 'worker.log'}"
    ]
    child.ask_to_stop()
    child.wait_until_stopped(time.monotonic() + 5)


def test_what_ignores_the_request_to_stop_is_ended_by_force(tmp_path: Path) -> None:
    child = Child(program("stubborn", STUBBORN), environment={}, logs=tmp_path)
    child.start()
    wait_for(lambda: "on" in child.last_lines())
    child.ask_to_stop()
    child.wait_until_stopped(time.monotonic() + 0.2)
    assert not child.is_running


@pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")
def test_nothing_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, tmp_path], stdout=subprocess.PIPE
    ) as supervisor:
        assert supervisor.stdout is not None
        child = int(supervisor.stdout.readline())
        assert is_alive(child)
        supervisor.kill()
    wait_for(lambda: not is_alive(child))


@pytest.mark.enable_socket
def test_a_taken_port_is_named_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(DemoFault, match=rf"port {port} \(web\).*--port 9000"):
            check_ports({"web": port})
    check_ports({"web": port})
