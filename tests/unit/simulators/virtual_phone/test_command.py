"""The phone's commands: what they print, and how they end."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from limosa.config.cli import main as limosa
from limosa.simulators.virtual_phone.command import main
from tests.factories.tiny_smdp_server import HttpsServer, Order, TinyServer

pytestmark = pytest.mark.enable_socket

CODE = "LPA:1$smdp.example.com$TEST-0001"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def tiny(pki: Path) -> Iterator[tuple[TinyServer, int]]:
    tiny = TinyServer(pki, orders={"TEST-0001": Order()})
    server = HttpsServer(tiny)
    server.start()
    yield tiny, server.port
    server.stop()


@pytest.fixture
def run(tmp_path: Path, pki: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command of the phone; returns its exit status, and what it wrote to both streams."""

    def run(command: str, *words: str) -> tuple[int, str, str]:
        status = main([command, "--phones", str(tmp_path), "--pki", str(pki), *words])
        return status, *capsys.readouterr()

    return run


def test_a_profile_lives_from_install_to_delete(tiny: tuple[TinyServer, int], run: Run) -> None:
    server, port = tiny
    status, said, _ = run("install", CODE, "--connect", f"127.0.0.1:{port}")
    assert status == 0
    assert "旅行 5 GB (Limosa) is installed." in said
    assert run("enable")[:2] == (0, said.partition(" is installed")[0] + " is on.\n")
    assert "  on  8988" in run("list")[1]
    assert run("disable")[0] == 0
    assert run("delete")[0] == 0
    assert "no profile" in run("list", "--phone", "phone")[1]
    assert len(server.notifications) == 4


def test_a_fault_is_one_line_and_ends_with_1(tiny: tuple[TinyServer, int], run: Run) -> None:
    _, port = tiny
    for words, text in (
        (("install", "nonsense"), "no activation code"),
        (
            ("install", CODE.replace("0001", "0002"), "--connect", f"127.0.0.1:{port}"),
            "isn't valid",
        ),
        (
            ("install", CODE, "--connect", "127.0.0.1:1"),
            "connection to 127.0.0.1:1 (the way to smdp.example.com) failed: Connection refused",
        ),
        (("install", CODE, "--phone", "../up"), "no name for a phone"),
        (("install", CODE, "--connect", f"127.0.0.1:{port}", "--decline"), "was declined"),
        (("enable", "--phone", "other"), "There is no phone 'other'"),
        (("enable",), "There is no profile"),
    ):
        status, said, fault = run(*words)
        assert (status, said) == (1, "")
        assert fault.startswith("virtual_phone: ")
        assert text in fault
        assert fault.count("\n") == 1


def test_two_phones_have_their_own_cards(tiny: tuple[TinyServer, int], run: Run) -> None:
    server, port = tiny
    server.orders["TEST-0002"] = Order()
    way = ("--connect", f"127.0.0.1:{port}")
    assert run("install", CODE, "--phone", "one", *way)[0] == 0
    assert run("install", CODE.replace("0001", "0002"), "--phone", "two", *way)[0] == 0
    listed = run("list")[1].splitlines()
    assert [line.partition(":")[0] for line in listed[::2]] == ["one", "two"]
    assert listed[0].partition(": ")[2] != listed[2].partition(": ")[2]


def test_tests_can_lose_an_answer_or_stop_at_a_segment(
    tiny: tuple[TinyServer, int], run: Run
) -> None:
    _, port = tiny
    words = ("install", CODE, "--connect", f"127.0.0.1:{port}", "--retries", "0")
    lost = run(*words, "--lose-answer", "getBoundProfilePackage")
    assert lost[0] == 1
    assert "the answer to getBoundProfilePackage was lost" in lost[2]
    stopped = run(*words, "--stop-at-segment", "3")
    assert stopped[0] == 1
    assert "stopped before segment 3" in stopped[2]
    assert run(*words)[0] == 0


def test_a_pki_is_made_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["pki", "--pki", str(tmp_path / "made"), "--fqdn", "smdp.example.com"]
    for text in ("now has a PKI for smdp.example.com", "left as it is"):
        assert main(words) == 0
        assert text in capsys.readouterr().out


def test_limosa_has_the_same_commands(
    tmp_path: Path, pki: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--phones", str(tmp_path), "--pki", str(pki)]
    assert limosa(["phone", "list", *where]) == 0
    assert "There is no phone" in capsys.readouterr().out
    assert limosa(["phone", "install", "nonsense", *where]) == 1
    assert capsys.readouterr().err.startswith("limosa: That is no activation code")


def test_a_new_phone_may_have_one_curve(tiny: tuple[TinyServer, int], run: Run) -> None:
    server, port = tiny
    server.curve = "brainpoolP256r1"
    words = ("install", CODE, "--connect", f"127.0.0.1:{port}", "--curve")
    assert run(*words, "brainpoolP256r1", "--phone", "one")[0] == 0
    server.orders["TEST-0001"] = Order()
    assert "ci key unknown" in run(*words, "P-256", "--phone", "two")[2]


def test_a_pki_of_another_server_is_not_taken_for_this_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["pki", "--pki", str(tmp_path / "made"), "--fqdn", "smdp.example.com"]
    assert main(words) == 0
    for other in (["--fqdn", "other.example.com"], ["--oid", "2.999.11"]):
        assert main([*words, *other]) == 1
        fault = capsys.readouterr().err
        assert "has a PKI for smdp.example.com, OID 2.999.10, already" in fault
        assert "--pki DIR" in fault


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--oid", "xyz"), "argument --oid: 'xyz' is not an object identifier"),
        (("--oid", "9.1.2"), "argument --oid: '9.1.2' is not an object identifier"),
        (("--oid", "1.40.1"), "argument --oid"),
        (("--fqdn", "bad name!"), "argument --fqdn: 'bad name!' is not a host name"),
        (("--fqdn", "a..b"), "argument --fqdn"),
    ],
)
def test_an_option_of_a_pki_is_named_if_its_form_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, str], said: str
) -> None:
    with pytest.raises(SystemExit):
        main(["pki", "--pki", str(tmp_path / "made"), *words])
    assert said in capsys.readouterr().err
    assert not (tmp_path / "made").exists()


def test_a_way_is_remembered_for_the_next_code(tiny: tuple[TinyServer, int], run: Run) -> None:
    server, port = tiny
    server.orders["TEST-0002"] = server.orders["TEST-0003"] = Order()
    assert run("install", CODE, "--connect", f"127.0.0.1:{port}")[0] == 0
    assert run("delete")[0] == 0
    for code in ("smdp.example.com$TEST-0002", "smdp.example.com:8443$TEST-0003"):
        status, _, fault = run("install", f"LPA:1${code}")
        assert status == 0, fault
        assert run("delete")[0] == 0


def test_a_name_that_leads_nowhere_is_blamed_with_the_option_that_helps(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_where: object, **_how: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    status, _, fault = run("install", CODE)
    assert status == 1
    assert "smdp.example.com has no address" in fault
    assert "--connect HOST:PORT" in fault


def test_a_missing_file_is_named_without_the_numbers_of_the_system(
    run: Run, tmp_path: Path
) -> None:
    for words in (
        ("install", CODE, "--pki", str(tmp_path / "none")),
        ("install", CODE, "--ca", str(tmp_path / "none.pem"), "--connect", "127.0.0.1:1"),
    ):
        fault = run(*words)[2]
        assert "none" in fault
        assert "No such file" in fault
        assert "Errno" not in fault
