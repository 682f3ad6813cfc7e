"""Settings that can be parsed, but would not work."""

import os
from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from limosa.config.checks.finding import Finding, fault, warning
from limosa.config.settings.reading import declared_variables, given, subjects, unknown_names
from limosa.domain.connectivity.registry import adapter_for
from limosa.domain.payments.registry import provider_for
from limosa.foundation.variables import Declaration, File, Folder, RandomText, Variable

SECRET_LENGTH_MIN = 32
SECRET_LENGTH_NEEDED = 16
SECRET_LETTERS_MIN = 8  # 32 random hex digits have fewer once in millions.


def check_settings() -> Iterator[Finding]:
    """Yield what is wrong with the settings. Makes no outside calls."""
    for name, meant in unknown_names(os.environ).items():
        guess = f" Is {meant} meant?" if meant else ""
        yield warning(f"{name} is no setting of Limosa's; is it misspelt?{guess}")
    yield from _keys()
    yield from _own()
    yield from _addresses()
    yield from _style_sheets()
    yield from _providers_and_suppliers()


def _keys() -> Iterator[Finding]:
    for variable in declared_variables():
        value = given(variable) if isinstance(variable.kind, RandomText) else ""
        if value and len(value) < SECRET_LENGTH_MIN:
            yield warning(
                f"{variable.name} is shorter than {SECRET_LENGTH_MIN} characters and may be "
                "guessed."
            )
        elif value and (different := len(set(value))) < SECRET_LETTERS_MIN:
            yield warning(
                f"{variable.name} has only {different} different characters and may be guessed."
            )
    if len(settings.SECRET_KEY) < SECRET_LENGTH_NEEDED:
        yield fault(
            f"LIMOSA_SECRET_KEY is shorter than {SECRET_LENGTH_NEEDED} characters: whoever guesses "
            "it signs in as anybody. Make one with `openssl rand -base64 48`."
        )


def _own() -> Iterator[Finding]:
    for subject in subjects():
        if subject.declaration is None:
            yield from _unset(subject.variables)
            yield from _paths(subject.variables)


def _unset(variables: Iterable[Variable[Any]]) -> Iterator[Finding]:
    for variable in variables:
        if variable.unset_warning and not given(variable):
            yield warning(f"{variable.name} is not set: {variable.unset_warning}")


def _paths(variables: Iterable[Variable[Any]]) -> Iterator[Finding]:
    for variable in variables:
        text = given(variable)
        if isinstance(variable.kind, File):
            for path in variable.kind.paths(text):
                if not (Path(path).is_file() and os.access(path, os.R_OK)):
                    file = "the file that it names" if variable.is_secret else path
                    yield fault(f"{variable.name}: {file} can't be read.")
        elif isinstance(variable.kind, Folder) and text and not _can_be_written(Path(text)):
            yield fault(f"{variable.name}: {text} can't be written to.")


def _addresses() -> Iterator[Finding]:
    host = urlsplit(settings.BASE_URL).hostname or ""
    is_local = _is_loopback(host)
    if "*" in settings.ALLOWED_HOSTS:
        yield warning(
            "LIMOSA_ALLOWED_HOSTS is *: whoever asks chooses the host name. Name the host of "
            "LIMOSA_BASE_URL."
        )
    if host not in settings.ALLOWED_HOSTS and "*" not in settings.ALLOWED_HOSTS:
        yield fault(f"LIMOSA_ALLOWED_HOSTS does not name {host}, the host of LIMOSA_BASE_URL.")
    if not is_local and not settings.IS_SECURE:
        yield warning("LIMOSA_BASE_URL is not https: passwords and cookies go in the clear.")
    if not is_local and not settings.TRUSTED_PROXIES:
        yield warning(
            "LIMOSA_TRUSTED_PROXIES is not set: behind a proxy all people have its address and "
            "share its limits."
        )
    if not is_local and settings.DEBUG:
        yield fault("LIMOSA_DEBUG is 1 at a public address: it shows settings to strangers.")


def _is_loopback(host: str | None) -> bool:
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


def _style_sheets() -> Iterator[Finding]:
    if settings.WHITENOISE_USE_FINDERS and not _is_loopback(urlsplit(settings.BASE_URL).hostname):
        yield warning(
            "LIMOSA_STATIC_ROOT is not set: browsers ask for each style sheet and script again. "
            "Name a folder, and run `django-admin collectstatic`."
        )
    gathered = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not settings.WHITENOISE_USE_FINDERS and not gathered.is_file():
        yield fault(
            f"LIMOSA_STATIC_ROOT: {settings.STATIC_ROOT} holds no style sheets; run "
            "`django-admin collectstatic`."
        )


def _can_be_written(folder: Path) -> bool:
    """Whether files can be written there; a missing folder is created when needed."""
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def _providers_and_suppliers() -> Iterator[Finding]:
    for provider in settings.PROVIDER_DECLARATIONS:
        is_set_up = provider.code in settings.PAYMENT_PROVIDERS
        yield from _party(provider, is_set_up=is_set_up, make=provider_for)
    for supplier in settings.SUPPLIER_DECLARATIONS:
        is_set_up = supplier.code in settings.SUPPLIER_ADAPTERS
        yield from _party(supplier, is_set_up=is_set_up, make=adapter_for)


def _party(
    declaration: Declaration, *, is_set_up: bool, make: Callable[[str], object]
) -> Iterator[Finding]:
    """Yield what a provider or a supplier lacks or can't read, or else its own findings."""
    its = {variable.name for variable in declaration.variables if given(variable)}
    if not is_set_up:
        yield from _without_effect(declaration, its)
        return
    yield from _unset(declaration.variables)
    faults = [*_missing(declaration, its), *_paths(declaration.variables)]
    yield from faults
    if not faults:
        try:
            make(declaration.code)
        except ImproperlyConfigured as error:
            yield fault(str(error))


def _without_effect(declaration: Declaration, its: set[str]) -> Iterator[Finding]:
    if its:
        names, verb = ", ".join(sorted(its)), "has" if len(its) == 1 else "have"
        yield warning(
            f"{declaration.turned_on_by} is not set, so {names} {verb} no effect and "
            f"{declaration.code} is not offered."
        )


def _missing(declaration: Declaration, its: set[str]) -> Iterator[Finding]:
    for variable in declaration.missing(its):
        need = f"{variable.name} is not set, and {declaration.code} needs it."
        yield fault(need + variable.where_to_get)
