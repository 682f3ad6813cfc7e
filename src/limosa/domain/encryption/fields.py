"""Model fields: encrypted texts and bytes, and the blind index by which it is found."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Col
from django.db.models.lookups import IsNull, Lookup
from django.db.models.sql.compiler import SQLCompiler

from limosa.domain.encryption.cipher import (
    blind_indexes,
    decrypt,
    decrypt_bytes,
    encrypt,
    encrypt_bytes,
)

DIGEST_LENGTH = 64


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """A text that is encrypted when stored and decrypted when read.

    It can be looked up only if `index_field` names a BlindIndexField beside it, and then only by
    its whole value. Table and column names are part of what is authenticated: renaming either means
    re-encrypting all rows.
    """

    def __init__(self, *args: Any, index_field: str = "", **options: Any) -> None:
        self.index_field = index_field
        super().__init__(*args, **options)

    @property
    def place(self) -> str:
        """The place that the field's texts are bound to."""
        return f"{self.model._meta.db_table}.{self.column}"

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Return what a migration writes."""
        name, path, args, options = super().deconstruct()
        if self.index_field:
            options["index_field"] = self.index_field
        return name, path, args, options

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """Encrypt a value on its way to the database."""
        if value is None:
            return None
        if not isinstance(value, str):
            raise TypeError(f"{self.name} is encrypted: it takes a text, not an expression")
        return encrypt(value, place=self.place)

    def from_db_value(self, value: str | None, *_context: object) -> str | None:
        """Decrypt a value from the database. Raises as `decrypt`."""
        return None if value is None else decrypt(value, place=self.place)

    def get_lookup(self, lookup_name: str) -> "type[Lookup[Any]] | None":
        """Return one of the few lookups that an encrypted text supports."""
        if lookup_name == "isnull":
            return IsNull
        return EncryptedExact if lookup_name == "exact" and self.index_field else None


class EncryptedExact(Lookup):
    """Matches texts with this digest, under any of the keys."""

    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """Compare the digest's column."""
        field = self.lhs.output_field
        column = Col(self.lhs.alias, field.model._meta.get_field(field.index_field))
        left, parameters = compiler.compile(column)
        found = blind_indexes(str(self.rhs), place=field.place)
        places = ", ".join("%s" for _ in found)
        return f"{left} IN ({places})", [*parameters, *found]


class EncryptedBytesField(models.Field):  # type: ignore[type-arg]
    """Bytes that are encrypted when stored and decrypted when read; a column of text.

    They can't be looked up. Table and column names are authenticated, as with a text.
    """

    index_field = ""
    _pyi_private_set_type: bytes  # What django-stubs goes by.
    _pyi_private_get_type: bytes

    @property
    def place(self) -> str:
        """The place that the field's bytes are bound to."""
        return f"{self.model._meta.db_table}.{self.column}"

    def get_internal_type(self) -> str:
        """Return the kind of column: what is stored is text."""
        return "TextField"

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """Encrypt a value on its way to the database."""
        if value is None:
            return None
        if not isinstance(value, bytes):
            raise TypeError(f"{self.name} is encrypted: it takes bytes, not an expression")
        return encrypt_bytes(value, place=self.place)

    def from_db_value(self, value: str | None, *_context: object) -> bytes | None:
        """Decrypt a value from the database. Raises as `decrypt`."""
        return None if value is None else decrypt_bytes(value, place=self.place)

    def get_lookup(self, lookup_name: str) -> "type[Lookup[Any]] | None":
        """Return the one lookup that encrypted bytes support."""
        return IsNull if lookup_name == "isnull" else None


# What `limosa keys rotate` covers.
Encrypted = EncryptedTextField | EncryptedBytesField


class BlindIndexField(models.CharField):  # type: ignore[type-arg]
    """The keyed digest of an encrypted text in the same row; it is kept in step automatically.

    Null where the text is.
    """

    def __init__(self, *args: Any, of: str, **options: Any) -> None:
        self.of = of
        super().__init__(*args, **{"max_length": DIGEST_LENGTH, "editable": False, **options})

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Return what a migration writes."""
        name, path, args, options = super().deconstruct()
        return name, path, args, options | {"of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:  # noqa: FBT001 -- Django's own.
        """Return the digest of the text as it is now, under the newest key."""
        encrypted = model_instance._meta.get_field(self.of)
        text = getattr(model_instance, self.of)
        digest = None
        if text is not None:
            digest = blind_indexes(text, place=encrypted.place)[0]  # type: ignore[union-attr]
        setattr(model_instance, self.attname, digest)
        return digest

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """Refuse a row that bypasses the ORM and therefore has no digest."""
        if value == "":
            raise TypeError(f"{self.name} is a digest: save the row by the ORM")
        return super().get_db_prep_save(value, connection)
