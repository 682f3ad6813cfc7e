"""Encrypted columns hold nothing to be read, work with every way of writing, and get new keys."""

from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from pytest_django.fixtures import Settings

from limosa.config.reencrypting import encrypted_fields, reencrypt_all
from limosa.domain.encryption import batches
from limosa.domain.encryption.batches import reencrypt_batch
from limosa.domain.encryption.cipher import (
    DecryptionError,
    EncryptionKeyMissingError,
    encrypt_bytes,
)
from limosa.domain.esims.models import Esim
from limosa.domain.payments.models import SavedMethod
from limosa.domain.rows import insert_row_once
from limosa.domain.rsp.models import Profile
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.esims import make_esim
from tests.factories.rsp import make_profile

pytestmark = pytest.mark.django_db

CODE = "LPA:1$smdp.example.com$K3Y-T0-THE-PR0FILE"
OLD, NEW = bytes(range(32)), bytes(range(32, 64))
FIELDS = {field.place: field for field in encrypted_fields()}
ACTIVATION_CODE = FIELDS["esims_esim.activation_code"]
REFERENCE = FIELDS["payments_savedmethod.reference"]


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> Settings:
    settings.ENCRYPTION_KEYS = {"old": OLD}
    return settings


def stored(place: str = "esims_esim.activation_code") -> list[str]:
    table, column = place.split(".")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} ORDER BY id")  # noqa: S608
        return [text for (text,) in cursor.fetchall()]


def make_saved_method(reference: str = "pm_1", **fields: Any) -> SavedMethod:
    fields.setdefault("subscriber", make_subscriber())
    return SavedMethod.objects.create(
        public_id=f"P{SavedMethod.objects.count()}",
        provider="stripe",
        reference=reference,
        label="Visa •••• 4242",
        consented_at=MOMENT,
        **fields,
    )


def report(*_told: object) -> None:
    """Say nothing."""


def test_the_sealed_columns_are_these() -> None:
    assert set(FIELDS) == {
        "connectivity_keptcallback.content",
        "connectivity_supply.activation_code",
        "esims_device.eid",
        "esims_esim.activation_code",
        "esims_move.activation_code",
        "notifications_accountmail.content",
        "notifications_accountmail.recipient",
        "payments_savedmethod.reference",
        "redemption_codebatch.seed",
        "redemption_codekey.secret",
        "rsp_downloadorder.binding",
        "rsp_downloadorder.code_digest",
        "rsp_downloadorder.matching_id",
        "rsp_downloadsession.offered",
        "rsp_downloadsession.opened",
        "rsp_profile.package",
        "rsp_receivednotification.content",
    }


def test_a_row_of_the_orm_is_sealed_and_opens() -> None:
    esim = make_esim(activation_code=CODE)
    assert Esim.objects.get().activation_code == CODE
    assert Esim.objects.values_list("activation_code", flat=True).get() == CODE
    assert stored()[0].startswith("enc1.old.")
    Esim.objects.filter(pk=esim.pk).update(activation_code=f"{CODE}2")
    esim.refresh_from_db()
    assert esim.activation_code == f"{CODE}2"
    Esim.objects.bulk_update([esim], ["label"])
    assert "LPA" not in stored()[0]


def test_a_row_written_by_hand_is_sealed_as_well() -> None:
    esim = make_esim(activation_code=CODE)
    esim.pk, esim.public_id, esim.iccid = None, "TWIN", "8901000000000000018"
    assert insert_row_once(esim)
    assert Esim.objects.get(public_id="TWIN").activation_code == CODE
    assert all(text.startswith("enc1.old.") for text in stored())


def test_an_expression_is_not_stored_in_place_of_a_text() -> None:
    make_esim()
    with pytest.raises(TypeError, match="encrypted"):
        Esim.objects.update(activation_code=F("label"))


@pytest.mark.parametrize("lookup", ["activation_code", "activation_code__contains"])
def test_a_sealed_text_without_a_digest_is_not_looked_up(lookup: str) -> None:
    with pytest.raises(FieldError):
        Esim.objects.filter(**{lookup: CODE}).exists()
    assert not Esim.objects.filter(activation_code__isnull=True).exists()


def test_a_value_moved_to_another_column_or_written_plain_does_not_open() -> None:
    make_esim(activation_code=CODE)
    make_saved_method()
    for text in (stored()[0], "pm_9"):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE payments_savedmethod SET reference = %s", [text])
        with pytest.raises(DecryptionError):
            SavedMethod.objects.get()


def test_a_saved_method_is_found_by_its_whole_reference_alone() -> None:
    saved = make_saved_method("pm_1")
    make_saved_method("pm_2")
    assert SavedMethod.objects.get(reference="pm_1") == saved
    assert SavedMethod.objects.exclude(reference="pm_1").count() == 1
    with pytest.raises(FieldError):
        SavedMethod.objects.filter(reference__startswith="pm").exists()


def test_the_same_reference_is_kept_once_for_a_person() -> None:
    saved = make_saved_method("pm_1")
    with pytest.raises(IntegrityError, match="saved_method_once"), transaction.atomic():
        make_saved_method("pm_1", subscriber=saved.subscriber)
    again, is_new = SavedMethod.objects.update_or_create(
        subscriber=saved.subscriber,
        provider="stripe",
        reference="pm_1",
        defaults={"label": "Visa •••• 4243", "consented_at": MOMENT},
    )
    assert (again, is_new) == (saved, False)
    other, is_new = SavedMethod.objects.update_or_create(
        subscriber=saved.subscriber,
        provider="stripe",
        reference="pm_2",
        defaults={"label": "Visa •••• 1111", "consented_at": MOMENT, "public_id": "OTHER"},
    )
    assert is_new
    assert SavedMethod.objects.get(reference="pm_2") == other


def test_a_row_written_without_the_orm_has_its_digest() -> None:
    saved = make_saved_method()
    twin = SavedMethod(
        public_id="TWIN",
        subscriber=saved.subscriber,
        provider="stripe",
        reference="pm_2",
        label="",
        consented_at=MOMENT,
    )
    assert insert_row_once(twin)
    assert SavedMethod.objects.get(reference="pm_2") == twin
    assert not insert_row_once(SavedMethod.objects.get(reference="pm_2"))


def test_a_new_key_opens_the_old_rows_and_then_takes_them_over(keys: Settings) -> None:
    for number in range(5):
        make_esim(activation_code=f"{CODE}{number}")
    make_saved_method("pm_1")
    keys.ENCRYPTION_KEYS = {"new": NEW, "old": OLD}
    make_esim(activation_code=f"{CODE}5")
    assert SavedMethod.objects.get(reference="pm_1").reference == "pm_1"
    assert reencrypt_all(rows_per_batch=2, report=report) == 6
    assert reencrypt_all(rows_per_batch=2, report=report) == 0
    keys.ENCRYPTION_KEYS = {"new": NEW}
    codes = Esim.objects.order_by("id").values_list("activation_code", flat=True)
    assert list(codes) == [f"{CODE}{number}" for number in range(6)]
    assert SavedMethod.objects.get(reference="pm_1").reference == "pm_1"


def test_bytes_get_a_new_key_as_texts_do(keys: Settings) -> None:
    profile = make_profile(package=bytes(range(256)))
    assert stored("rsp_profile.package")[0].startswith("enc1.old.")
    keys.ENCRYPTION_KEYS = {"new": NEW, "old": OLD}
    assert reencrypt_all(rows_per_batch=2, report=report) == 1
    keys.ENCRYPTION_KEYS = {"new": NEW}
    profile.refresh_from_db()
    assert profile.package == bytes(range(256))


def test_encrypted_bytes_are_not_looked_up_nor_computed() -> None:
    make_profile()
    with pytest.raises(FieldError):
        Profile.objects.filter(package=b"").exists()
    with pytest.raises(TypeError, match="encrypted"):
        Profile.objects.update(package=F("iccid"))


def test_a_lost_key_stops_it_and_changes_nothing(keys: Settings) -> None:
    make_esim()
    before = stored()
    keys.ENCRYPTION_KEYS = {"new": NEW}
    with pytest.raises(EncryptionKeyMissingError, match="old"):
        reencrypt_all(rows_per_batch=2, report=report)
    assert stored() == before


def test_a_row_that_is_written_meanwhile_is_left_as_it_is(
    keys: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    esim = make_esim(activation_code=CODE)
    keys.ENCRYPTION_KEYS = {"new": NEW, "old": OLD}

    def write_before(content: bytes, *, place: str) -> str:
        Esim.objects.filter(pk=esim.pk).update(activation_code="written meanwhile")
        return encrypt_bytes(content, place=place)

    monkeypatch.setattr(batches, "encrypt_bytes", write_before)
    reencrypt_batch(ACTIVATION_CODE, after=0, most=9)
    assert Esim.objects.get().activation_code == "written meanwhile"
