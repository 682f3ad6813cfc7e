"""Model fields: a sealed text, and the digest by which one is found."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Col
from django.db.models.lookups import IsNull, Lookup
from django.db.models.sql.compiler import SQLCompiler

from limosa.domain.sealed.sealing import digests, open_sealed, seal

DIGEST_LENGTH = 64


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """A text that is sealed when it is stored and opened when it is read.

    It is looked up only if `digest_field` names a DigestField beside it, and then only by its
    whole value. The table's and the column's name are part of the seal: renaming either means
    sealing all rows anew.
    """

    def __init__(self, *args: Any, digest_field: str = "", **options: Any) -> None:
        self.digest_field = digest_field
        super().__init__(*args, **options)

    @property
    def place(self) -> str:
        """Where a text of this field belongs."""
        return f"{self.model._meta.db_table}.{self.column}"

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Return what a migration writes."""
        name, path, args, options = super().deconstruct()
        if self.digest_field:
            options["digest_field"] = self.digest_field
        return name, path, args, options

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """Seal a value on its way to the database."""
        if value is None:
            return None
        if not isinstance(value, str):
            raise TypeError(f"{self.name} is sealed: it takes a text, not an expression")
        return seal(value, place=self.place)

    def from_db_value(self, value: str | None, *_context: object) -> str | None:
        """Open a value that comes from the database. Raises as `open_sealed`."""
        return None if value is None else open_sealed(value, place=self.place)

    def get_lookup(self, lookup_name: str) -> "type[Lookup[Any]] | None":
        """Return the few ways in which a sealed text can be asked for."""
        if lookup_name == "isnull":
            return IsNull
        return SealedExact if lookup_name == "exact" and self.digest_field else None


class SealedExact(Lookup):
    """The text with this digest, under any of the keys."""

    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """Compare the digest's column."""
        field = self.lhs.output_field
        column = Col(self.lhs.alias, field.model._meta.get_field(field.digest_field))
        left, parameters = compiler.compile(column)
        found = digests(str(self.rhs), place=field.place)
        places = ", ".join("%s" for _ in found)
        return f"{left} IN ({places})", [*parameters, *found]


class DigestField(models.CharField):  # type: ignore[type-arg]
    """The keyed digest of a sealed text in the same row; it follows the text by itself."""

    def __init__(self, *args: Any, of: str, **options: Any) -> None:
        self.of = of
        super().__init__(*args, **{"max_length": DIGEST_LENGTH, "editable": False, **options})

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Return what a migration writes."""
        name, path, args, options = super().deconstruct()
        return name, path, args, options | {"of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001 -- Django's own.
        """Return the digest of the text as it is now, under the newest key."""
        sealed = model_instance._meta.get_field(self.of)
        text = getattr(model_instance, self.of)
        digest = digests(text, place=sealed.place)[0]  # type: ignore[union-attr]
        setattr(model_instance, self.attname, digest)
        return digest

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """Refuse a row that is written around the ORM, and so has no digest."""
        if value == "":
            raise TypeError(f"{self.name} is a digest: save the row by the ORM")
        return super().get_db_prep_save(value, connection)
