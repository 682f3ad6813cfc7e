"""`limosa check` and what a start looks at: one line a fault, and nothing is changed."""

import argparse
import ast
import importlib
import socket
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import NoReturn

import pytest
import time_machine
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings
from django.utils import timezone
from pytest_django.fixtures import Settings
from pytest_socket import enable_socket

import limosa
from limosa.config.checks import contents_check, database_check
from limosa.config.checks.contents_check import check_contents
from limosa.config.checks.database_check import Readiness, check_database
from limosa.config.checks.finding import Finding
from limosa.config.checks.outside_check import check_mail, check_providers_online
from limosa.config.checks.settings_check import check_settings
from limosa.config.checks.start import check_before_start
from limosa.config.command import CommandFault
from limosa.config.commands import check, migrate
from limosa.config.reencrypting import encrypted_fields, encrypted_places
from limosa.domain.notifications.models import AccountMail
from limosa.domain.ordering.models import TaxRate
from limosa.domain.payments.registry import provider_for
from limosa.foundation.errors import ProviderError
from tests.factories.accounts import make_operator, make_second_step
from tests.factories.catalog import make_plan, make_supplier
from tests.fakes.provider import FakeProvider

pytestmark = pytest.mark.django_db


def about(word: str) -> list[Finding]:
    return [finding for finding in check_settings() if word in finding.text]


def test_a_misspelt_setting_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not about("misspelt")
    monkeypatch.setenv("LIMOSA_BASE_ULR", "https://esim.example.com")
    assert [finding.text.split()[0] for finding in about("misspelt")] == ["LIMOSA_BASE_ULR"]
    monkeypatch.delenv("LIMOSA_BASE_ULR")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for name, meant in (("limosa_base_url", "LIMOSA_BASE_URL"), ("DATABSE_URL", "DATABASE_URL")):
        monkeypatch.setenv(name, "x")
        assert [finding.text.split()[0] for finding in about(f"Is {meant} meant?")] == [name]
        monkeypatch.setenv(meant, "x")  # What is there is not what a strange name means.
        assert not about(f"Is {meant} meant?")


@pytest.mark.parametrize("name", ["SECRET_KEY", "PIN_PEPPER", "USAGE_FEED_KEY"])
def test_a_short_key_is_told(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "0123456789abcdefghijklmnopqrstuv"
    monkeypatch.setenv(f"LIMOSA_{name}", key[:31])
    assert [one.is_fault for one in about(f"LIMOSA_{name} is shorter")] == [False]
    monkeypatch.setenv(f"LIMOSA_{name}", key)
    assert not about(f"LIMOSA_{name} ")
    monkeypatch.setenv(f"LIMOSA_{name}", "0123456" * 5)
    assert [one.is_fault for one in about(f"LIMOSA_{name} has only 7 different")] == [False]


def test_a_secret_key_that_anybody_guesses_is_a_fault(settings: Settings) -> None:
    for key, is_fault in (("secret", True), ("0123456789abcde", True), ("0123456789abcdef", False)):
        settings.SECRET_KEY = key
        found = about("whoever guesses it signs in as anybody")
        assert [one.is_fault for one in found] == [True] * is_fault


@pytest.mark.parametrize("name", ["LIMOSA_ENCRYPTION_KEYS", "LIMOSA_PIN_PEPPER"])
def test_a_start_without_keys_of_their_own_is_warned(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(name, raising=False)
    assert [one.is_fault for one in about(f"{name} is not set")] == [False]
    monkeypatch.setenv(name, "2026-11:0123456789abcdefghijklmnopqrstuv")
    assert not about(name)


@pytest.mark.parametrize(
    ("changed", "word", "is_fault"),
    [
        ({"BASE_URL": "http://esim.example.com", "IS_SECURE": False}, "not https", False),
        ({"BASE_URL": "https://esim.example.com", "TRUSTED_PROXIES": ()}, "TRUSTED_PROXIES", False),
        ({"BASE_URL": "https://esim.example.com", "DEBUG": True}, "LIMOSA_DEBUG", True),
        ({"BASE_URL": "https://esim.example.com", "ALLOWED_HOSTS": ["x"]}, "ALLOWED_HOSTS", True),
        ({"WHITENOISE_USE_FINDERS": False, "STATIC_ROOT": "/nowhere"}, "STATIC_ROOT", True),
        ({"BASE_URL": "https://esim.example.com"}, "LIMOSA_STATIC_ROOT is not set", False),
        ({"ALLOWED_HOSTS": ["*"]}, "LIMOSA_ALLOWED_HOSTS is *", False),
        ({"ALLOWED_HOSTS": ["*"], "DEMO_SCAN_URL": "x"}, "LIMOSA_ALLOWED_HOSTS is *", False),
    ],
)
def test_settings_that_would_not_do_are_told(
    changed: dict[str, object],
    word: str,
    is_fault: bool,  # noqa: FBT001 -- of the table
) -> None:
    assert not about(word)
    with override_settings(**{"ALLOWED_HOSTS": ["esim.example.com"], **changed}):
        assert [finding.is_fault for finding in about(word)] == [is_fault]


def test_a_folder_that_can_not_be_written_to_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.PAYMENT_PROVIDERS = {"paypal": "limosa.not.made"}
    for good in (tmp_path, tmp_path / "not made" / "yet"):
        monkeypatch.setenv("LIMOSA_PAYPAL_CERTIFICATE_FOLDER", str(good))
        assert not about("CERTIFICATE_FOLDER")
    (tmp_path / "file").touch()
    bad = tmp_path / "file" / "below"
    monkeypatch.setenv("LIMOSA_PAYPAL_CERTIFICATE_FOLDER", str(bad))
    assert [finding.is_fault for finding in about("CERTIFICATE_FOLDER")] == [True]


def test_a_file_that_can_not_be_read_is_told_and_all_of_a_list(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.PAYMENT_PROVIDERS = {"wechatpay": "limosa.not.made"}
    good = tmp_path / "good.pem"
    good.touch()
    monkeypatch.setenv("LIMOSA_WECHATPAY_PLATFORM_CERT_FILES", f"{good}, {tmp_path}/no,{tmp_path}")
    assert [(one.text, one.is_fault) for one in about("can't be read")] == [
        (f"LIMOSA_WECHATPAY_PLATFORM_CERT_FILES: {tmp_path}/no can't be read.", True),
        (f"LIMOSA_WECHATPAY_PLATFORM_CERT_FILES: {tmp_path} can't be read.", True),
    ]


def test_where_a_secret_file_was_looked_for_is_not_shown(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PAYMENT_PROVIDERS = {"wechatpay": "limosa.not.made"}
    monkeypatch.setenv("LIMOSA_WECHATPAY_PRIVATE_KEY_FILE", "MIIEvQIBADANBg")
    told = "LIMOSA_WECHATPAY_PRIVATE_KEY_FILE: the file that it names can't be read."
    assert told in [one.text for one in about("PRIVATE_KEY_FILE")]
    assert not about("MIIEvQIBADANBg")


def test_paypals_certificates_that_are_not_kept_are_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert not about("CERTIFICATE_FOLDER")
    settings.PAYMENT_PROVIDERS = {"paypal": "limosa.not.made"}
    assert [one.is_fault for one in about("CERTIFICATE_FOLDER is not set")] == [False]
    monkeypatch.setenv("LIMOSA_PAYPAL_CERTIFICATE_FOLDER", str(tmp_path))
    assert not about("CERTIFICATE_FOLDER")


def test_a_channel_with_half_of_its_settings_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMOSA_STRIPE_WEBHOOK_SECRET", "whsec_0")
    assert [finding.is_fault for finding in about("STRIPE_SECRET_KEY is not set")] == [False]


@pytest.mark.parametrize(
    ("code", "first", "needed"),
    [
        ("stripe", "STRIPE_SECRET_KEY", 2),
        ("paypal", "PAYPAL_CLIENT_ID", 3),
        ("wechatpay", "WECHATPAY_MCHID", 6),
        ("alipay", "ALIPAY_APP_ID", 3),
    ],
)
def test_a_channel_that_is_turned_on_tells_all_that_it_lacks(
    code: str, first: str, needed: int, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PAYMENT_PROVIDERS = {code: "limosa.not.made"}
    monkeypatch.setenv(f"LIMOSA_{first}", "0")
    found = about(f"is not set, and {code} needs it")
    assert len(found) == needed
    assert all(finding.is_fault for finding in found)


def test_a_key_that_does_not_open_what_is_sealed_is_a_fault(settings: Settings) -> None:
    AccountMail.objects.create(
        recipient="a@example.com", content="{}",
        created_at=timezone.now(), useful_until=timezone.now(),
    )  # fmt: skip
    assert not [finding for finding in check_contents() if finding.is_fault]
    for keys in ({"other": b"1" * 32}, dict.fromkeys(settings.ENCRYPTION_KEYS, b"1" * 32)):
        settings.ENCRYPTION_KEYS = keys
        [found] = [finding for finding in check_contents() if finding.is_fault]
        assert "notifications_accountmail.recipient" in found.text
        with pytest.raises(CommandFault, match="LIMOSA_ENCRYPTION_KEYS"):
            check_before_start()


def test_a_key_that_does_not_open_the_second_steps_is_a_fault(settings: Settings) -> None:
    make_second_step(make_operator())
    assert not [finding for finding in check_contents() if finding.is_fault]
    settings.ENCRYPTION_KEYS = dict.fromkeys(settings.ENCRYPTION_KEYS, b"1" * 32)
    [found] = [finding for finding in check_contents() if finding.is_fault]
    assert "mfa_authenticator.data" in found.text


# What is encrypted there stands in an address for hours, and in no table.
HELD_BY_OTHERS = {"renew-by-number"}


def places_encrypted_for() -> Iterator[str]:
    """Yield the places for which our code outside the columns' own class encrypts."""
    root = Path(limosa.__file__).parent
    for file in root.rglob("*.py"):
        text = file.read_text()
        if "cipher import" not in text or "encryption" in file.parts:
            continue
        module = ".".join(("limosa", *file.relative_to(root).with_suffix("").parts))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "encrypt":
                [place] = [word.value for word in node.keywords if word.arg == "place"]
                assert isinstance(place, ast.Name), f"{module}: its place is to be a constant"
                yield getattr(importlib.import_module(module), place.id)


def test_every_place_that_anything_is_encrypted_for_is_looked_at() -> None:
    columns = {field.place for field in encrypted_fields()}
    others = set(places_encrypted_for())
    assert "mfa_authenticator.data" in others
    assert set(encrypted_places()) == columns | (others - HELD_BY_OTHERS)


def test_contents_that_can_not_be_looked_at_are_not_well(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_any: object) -> NoReturn:
        raise OperationalError("connection refused")

    monkeypatch.setattr(contents_check, "encrypted_places", fail)
    check.run(argparse.Namespace(online=False))
    assert "contents: not checked\n" in capsys.readouterr().out


def test_a_supplier_that_is_not_set_up_is_a_fault_while_its_plans_are_on_sale(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for on_sale in (False, True, True):
        make_plan(supplier=make_supplier("gone"), on_sale=on_sale)
    [found] = [one for one in check_contents() if "gone" in one.text]
    assert found.is_fault
    assert "The supplier gone is not set up" in found.text
    assert "plans: 2" in found.text
    check_before_start()  # The others are sold all the same.
    assert "The supplier gone is not set up" in caplog.text


def test_a_place_without_a_tax_rate_is_told(settings: Settings) -> None:
    settings.PLACE_OF_SUPPLY = "US-XX"
    assert [found.text for found in check_contents() if "no tax rate for US-XX" in found.text]
    TaxRate.objects.create(place="US-XX", rate_basis_points=0)
    assert not [found for found in check_contents() if "tax" in found.text]


def test_an_empty_price_list_is_told() -> None:
    def told() -> list[str]:
        return [found.text for found in check_contents() if "Nothing can be" in found.text]

    assert told()
    make_plan(prices={"JPY": 1000}, kind="top_up")
    assert told()
    make_plan(prices={"JPY": 1000})
    assert not told()


def test_older_and_newer_tables_are_refused_and_the_right_ones_are_not() -> None:
    assert list(check_database()) == []
    recorder = MigrationRecorder(connection)
    recorder.record_applied("ledger", "9999_from_the_future")
    with pytest.raises(CommandFault, match=r"newer than this version .*9999_from_the_future"):
        check_before_start()
    recorder.record_unapplied("ledger", "9999_from_the_future")
    recorder.record_unapplied("ledger", "0001_initial")
    with pytest.raises(CommandFault, match=r"older than this version .*limosa migrate"):
        check_before_start()


@pytest.mark.django_db(transaction=True)
def test_it_is_ready_again_once_the_tables_are_right() -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("ledger", "0001_initial")
    readiness = Readiness()
    assert "limosa migrate" in readiness.obstacle()
    recorder.record_applied("ledger", "0001_initial")
    connection.close()  # As the next thread finds it.
    assert readiness.obstacle() == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("of", [("9999_future", True), ("0001_initial", False)])
def test_it_is_not_ready_any_more_once_the_tables_are_of_another_version(
    of: tuple[str, bool],
) -> None:
    name, is_newer = of
    recorder, readiness = MigrationRecorder(connection), Readiness()
    assert readiness.obstacle() == ""
    change, undo = recorder.record_applied, recorder.record_unapplied
    if not is_newer:
        change, undo = undo, change
    change("payments", name)
    try:
        assert f"{'newer' if is_newer else 'older'} than this version" in readiness.obstacle()
    finally:
        undo("payments", name)
    assert readiness.obstacle() == ""


@pytest.mark.django_db(transaction=True)
def test_looking_whether_it_is_ready_takes_one_small_query() -> None:
    readiness, asked = Readiness(), list[str]()

    def keep(execute, sql, *rest):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002, ANN202
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(keep):
        assert readiness.obstacle() == ""
    assert len(asked) == 2  # One asks whether there is the table.
    assert "django_migrations" in asked[-1]


def test_newer_tables_are_not_migrated() -> None:
    MigrationRecorder(connection).record_applied("payments", "9999_future")
    with pytest.raises(CommandFault, match=r"newer than this version .*payments 9999_future"):
        migrate.run(argparse.Namespace())


def elsewhere(monkeypatch: pytest.MonkeyPatch, **changed: str) -> BaseDatabaseWrapper:
    """Let the check connect to a place that is like the test's own but for what is changed."""
    other = connection.copy()
    other.settings_dict.update(changed)
    monkeypatch.setattr(database_check, "connection", other)
    return other


def test_a_database_that_is_away_is_a_fault_and_stops_no_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere(monkeypatch, HOST="/nonexistent")
    [found] = check_database()
    assert found.is_fault
    assert found.text.startswith("The database cannot be reached (")
    check_before_start()
    assert "The database cannot be reached (" in caplog.text


def test_a_server_that_refuses_us_is_a_fault_and_stops_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elsewhere(monkeypatch, NAME="no_such_database")
    assert [finding.is_fault for finding in check_database()] == [True]
    with pytest.raises(CommandFault, match=r"The database refuses us \(.*no_such_database"):
        check_before_start()


def test_a_mail_server_that_is_away_is_a_warning(settings: Settings) -> None:
    enable_socket()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = free.getsockname()
    [found] = check_mail()
    assert not found.is_fault
    assert ".." not in found.text


@pytest.fixture
def provider(settings: Settings) -> Iterator[FakeProvider]:
    settings.PAYMENT_PROVIDERS = {"fake": "tests.fakes.provider.FakeProvider"}
    provider_for.cache_clear()
    made = provider_for("fake")
    assert isinstance(made, FakeProvider)
    yield made
    provider_for.cache_clear()


@pytest.mark.parametrize(
    ("error", "is_fault", "words"),
    [
        (ProviderError("HTTP 500", retryable=True), False, "cannot be asked now"),
        (ProviderError("HTTP 400", retryable=False), True, "refuses to be asked"),
        (
            ProviderError("HTTP 401", retryable=True, is_unauthorized=True),
            True,
            "does not take our credentials",
        ),
    ],
)
def test_each_provider_is_asked_for_what_it_can_not_know(
    provider: FakeProvider,
    error: ProviderError,
    is_fault: bool,  # noqa: FBT001 -- of the table
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert list(check_providers_online()) == []

    def query(_payment: object) -> NoReturn:
        raise error

    monkeypatch.setattr(provider, "query", query)
    (found,) = check_providers_online()
    assert (found.is_fault, words in found.text) == (is_fault, True)


@pytest.mark.parametrize(
    ("seconds", "is_fault"), [(-400, True), (-60, False), (0, None), (60, False), (400, True)]
)
def test_a_clock_that_is_not_the_providers_is_told(
    seconds: int,
    is_fault: bool | None,  # noqa: FBT001 -- of the table
    provider: FakeProvider,
) -> None:
    enable_socket()
    says = format_datetime(timezone.now() + timedelta(seconds=seconds), usegmt=True)

    class Elsewhen(BaseHTTPRequestHandler):
        def date_time_string(self, timestamp: float | None = None) -> str:
            return says

        def do_HEAD(self) -> None:
            self.send_response(404)
            self.end_headers()

    with HTTPServer(("127.0.0.1", 0), Elsewhen) as server:
        provider.api_url = f"http://127.0.0.1:{server.server_port}"
        answering = Thread(target=server.handle_request)
        answering.start()
        found = list(check_providers_online())
        answering.join()
    assert [one.is_fault for one in found] == ([] if is_fault is None else [is_fault])
    assert all("Our clock and fake's differ by" in one.text for one in found)


def test_a_provider_whose_host_is_away_has_no_clock_to_compare(provider: FakeProvider) -> None:
    enable_socket()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        provider.api_url = f"http://127.0.0.1:{free.getsockname()[1]}"
    assert list(check_providers_online()) == []


@pytest.mark.parametrize("seconds", [-40, 40, 4000])
def test_a_clock_that_is_not_the_databases_is_told_and_stops_no_start(seconds: int) -> None:
    with time_machine.travel(timezone.now() + timedelta(seconds=seconds), tick=True):
        (found,) = check_database()
        check_before_start()
    assert not found.is_fault
    assert found.text.startswith(f"Our clock and the database's differ by {abs(seconds)} s")


def test_a_server_that_is_too_old_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_check, "VERSION_MIN", 99)
    (found,) = check_database()
    assert found.is_fault
    assert found.text.endswith("is too old: Limosa needs 99 or newer.")


@pytest.mark.django_db(transaction=True)
def test_a_database_of_another_encoding_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'"
            " TEMPLATE template0"
        )
    away = elsewhere(monkeypatch, NAME="latin")
    try:
        found = [one.text for one in check_database() if one.is_fault]
    finally:
        away.close()
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE latin")
    assert "The database's encoding is LATIN1: create it with UTF8." in found


def test_the_command_says_what_is_well_and_what_is_not(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIMOSA_NO_SUCH_THING", "1")
    assert check.run(argparse.Namespace(online=False)) == 0
    told = capsys.readouterr().out
    assert "database: ok" in told
    assert "  warning: LIMOSA_NO_SUCH_THING is no setting" in told


def test_our_own_network_needs_an_smdp_to_download_from(settings: Settings) -> None:
    def found() -> list[str]:
        return [one.text for one in check_contents() if "SM-DP+ is not set up" in one.text]

    assert found() == []
    plan = make_plan()
    [text] = found()
    assert "LIMOSA_SMDP_CI_CERTIFICATES" in text
    settings.SMDP_CI_CERTIFICATES = "/etc/limosa/ci.pem"
    assert found() == []
    settings.SMDP_CI_CERTIFICATES = ""
    plan.on_sale = False
    plan.save(update_fields=["on_sale"])
    assert found() == []
