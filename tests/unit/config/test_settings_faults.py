"""Settings that can't be used: each is told, a line each, and nothing starts."""

import json
import os
import subprocess
import sys

import pytest

from limosa.config.settings.reading import declared_variables
from limosa.foundation.variables import File, Url

GOOD = {"LIMOSA_SECRET_KEY": "a long random text for these tests only"}
BAD = {
    "LIMOSA_WEB_WORKERS": "-1",
    "LIMOSA_EMAIL_FROM": "a@example.com, b@example.com",
    "LIMOSA_SMDP_ADDRESS": "x$y",
    "LIMOSA_STRIPE_SECRET_KEY": "sk_test_0123456789 ",
    "LIMOSA_DEBUG": "yes",
    "LIMOSA_ENCRYPTION_KEYS": "no colon",
    "LIMOSA_REFUND_LIMITS": "USD:５０００",
    "LIMOSA_TRUSTED_PROXIES": "nginx",
    "LIMOSA_FORWARDED_HEADER": "x-real-ip",
    "LIMOSA_SERVICE_TIME_ZONE": "Mars/Olympus",
    "LIMOSA_BASE_URL": "esim.example.com",
    "LIMOSA_EMAIL_URL": "smtp://secret-password@mail.example.com:port",
    "LIMOSA_LOG_FORMAT": "xml",
    "LIMOSA_LOG_LEVEL": "loud",
    "LIMOSA_ACCESS_LOG": "on",
}


def read(**changed: str) -> subprocess.CompletedProcess[str]:
    """Have a new process read the settings; its environment has these alone of ours."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LIMOSA_", "DATABASE_URL"))}
    return subprocess.run(
        [sys.executable, "-m", "limosa.config.cli", "migrate"],
        env=kept | {"DJANGO_SETTINGS_MODULE": "limosa.config.settings"} | changed,
        capture_output=True,
        text=True,
        check=False,
    )


def shown(*names: str, **changed: str) -> list[object]:
    """Have a new process read the settings, and return some of them."""
    code = f"import json; from limosa.config import settings as s; print(json.dumps({names}))"
    code = code.replace("('", "[s.").replace("')", "]").replace("', '", ", s.")
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **GOOD, **changed},
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[object] = json.loads(done.stdout)
    return found


def test_every_fault_is_a_line_of_its_own() -> None:
    done = read(**GOOD, **BAD, DATABASE_URL="mysql://localhost/limosa")
    assert done.returncode == 1
    lines = done.stderr.strip().removeprefix("limosa: ").splitlines()
    assert {line.split()[0] for line in lines} == {*BAD, "DATABASE_URL"}
    assert len(lines) == len(BAD) + 1
    assert "secret-password" not in done.stderr


def test_an_address_that_can_not_be_read_is_a_line_for_each_setting_that_is_one() -> None:
    names = {one.name for one in declared_variables() if isinstance(one.kind, Url)}
    assert len(names) >= 10
    for url in ("http://[", "https://host:port", "http://[::1"):
        done = read(**GOOD, **dict.fromkeys(names, url), DATABASE_URL=url)
        lines = done.stderr.strip().removeprefix("limosa: ").splitlines()
        assert {line.split()[0] for line in lines} == {"DATABASE_URL", *names}, url


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://limosa:secret-password@db:port/limosa",
        "postgresql://limosa:secret-password@db:70000/limosa",
        "postgresql://limosa:secret-password@[::1/limosa",
        "mysql://limosa:secret-password@db/limosa",
        "postgresql://limosa:secret-password@db/limosa?sslmod=require",
        "postgresql://limosa:secret-password@db",
        "host=db password=secret-password",
    ],
)
def test_a_database_that_can_not_be_meant_is_one_line_without_its_password(url: str) -> None:
    done = read(**GOOD, DATABASE_URL=url)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("limosa: DATABASE_URL must be like postgresql://")
    assert "secret-password" not in done.stderr


@pytest.mark.parametrize(
    ("option", "fault"),
    [
        ("connect_timeout=abc", "connect_timeout is not a whole number"),
        ("keepalives_idle=z", "keepalives_idle is not a whole number"),
        ("sslmode=foo", 'invalid sslmode value: "foo"'),
        ("sslmode=verify-full&sslrootcert=/nofile", "the file of sslrootcert, /nofile, can't be"),
        ("service=foo", 'definition of service "foo" not found'),
        ("host=a,b&port=1,2,3", "could not match 3 port numbers to 2 hosts"),
    ],
)
def test_what_libpq_would_never_connect_by_is_one_line_without_the_password(
    option: str, fault: str
) -> None:
    done = read(**GOOD, DATABASE_URL=f"postgresql://limosa:secret-password@/limosa?{option}")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith(f"limosa: DATABASE_URL can't be used: {fault}")
    assert "secret-password" not in done.stderr


def test_the_base_urls_scheme_and_host_ignore_case() -> None:
    done = shown("BASE_URL", "IS_SECURE", LIMOSA_BASE_URL="HTTPS://Esim.Example.com/")
    assert done == ["https://esim.example.com", True]


@pytest.mark.parametrize("name", ["SECRET_KEY", "PIN_PEPPER", "PLACE_OF_SUPPLY"])
def test_bytes_that_are_not_utf_8_are_one_line(name: str) -> None:
    value = os.fsdecode(b"secret-password-\xff\xfe")
    done = read(**GOOD | {f"LIMOSA_{name}": value})
    assert done.stderr == f"limosa: LIMOSA_{name} must be text in UTF-8.\n"


def test_settings_that_are_not_installed_are_one_line() -> None:
    done = read(**GOOD, DJANGO_SETTINGS_MODULE="foo.bar")
    assert done.returncode == 1
    assert done.stderr.startswith("limosa: DJANGO_SETTINGS_MODULE names 'foo.bar', which is not")
    assert done.stderr.count("\n") == 1


def test_a_key_in_place_of_its_file_is_not_shown() -> None:
    names = [one.name for one in declared_variables() if isinstance(one.kind, File)]
    assert len(names) >= 6
    key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----\n"
    done = read(**GOOD, **dict.fromkeys(names, key))
    lines = done.stderr.removeprefix("limosa: ").splitlines()
    told = "holds the key itself: write it to a file, and give the file's path."
    assert sorted(lines) == [f"{name} {told}" for name in sorted(names)]


@pytest.mark.parametrize("path", ["/shop", "/shop/", "/#top"])
def test_the_base_url_is_an_origin(path: str) -> None:
    done = read(**GOOD, LIMOSA_BASE_URL=f"https://esim.example.com{path}")
    assert (done.returncode, done.stderr.split()[1]) == (1, "LIMOSA_BASE_URL")
    assert "must be an origin" in done.stderr


def test_there_is_a_thread_for_pages_and_one_for_jobs() -> None:
    names = ("WEB_THREADS", "PROVIDER_CALLS", "WORKER_CONCURRENCY")
    done = read(**GOOD, **{f"LIMOSA_{name}": "0" for name in names})
    for name in names:
        assert f"LIMOSA_{name} must be 1 or more, not 0." in done.stderr


def test_a_setting_that_is_set_to_nothing_is_one_that_is_not_set() -> None:
    names = [*BAD, "DATABASE_URL", "LIMOSA_STRIPE_API_URL"]
    done = read(**GOOD | dict.fromkeys(names, "") | {"LIMOSA_WEB_WORKERS": "two"})
    assert done.stderr == "limosa: LIMOSA_WEB_WORKERS must be a whole number, not 'two'.\n"


def test_the_one_that_is_needed_is_told_beside_the_others() -> None:
    lines = read(LIMOSA_WEB_WORKERS="two").stderr.splitlines()
    assert [line.removeprefix("limosa: ").split()[0] for line in lines] == [
        "LIMOSA_SECRET_KEY",
        "LIMOSA_WEB_WORKERS",
    ]


@pytest.mark.parametrize("digits", ["２", "-1", "1e3", "0x10"])
def test_a_number_is_of_plain_digits(digits: str) -> None:
    assert "LIMOSA_WEB_THREADS must be" in read(**GOOD, LIMOSA_WEB_THREADS=digits).stderr


def test_a_limit_of_refunds_is_of_plain_letters_and_digits() -> None:
    bad = ["USD:５０００", "ＵＳＤ:5000", "USD:-1", "USD:", "USD", "usd:1", f"USD:{'9' * 5000}"]
    lines = read(**GOOD, LIMOSA_REFUND_LIMITS=" ".join(["CNY:1", *bad])).stderr.splitlines()
    told = "LIMOSA_REFUND_LIMITS must be like USD:5000 CNY:35000, in minor units, not "
    assert [line.removeprefix("limosa: ") for line in lines] == [f"{told}{one!r}." for one in bad]
