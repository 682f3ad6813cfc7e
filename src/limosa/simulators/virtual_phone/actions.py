"""What the phone's commands do. Each returns the lines to show, and raises PhoneFault."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from limosa.simulators.clock import wall_clock
from limosa.simulators.virtual_phone.card.euicc import CommandRejected
from limosa.simulators.virtual_phone.lpa.download import Asking
from limosa.simulators.virtual_phone.lpa.es9plus import Connecting
from limosa.simulators.virtual_phone.lpa.faults import (
    Declined,
    Interrupted,
    LpaFault,
    NameUnknown,
)
from limosa.simulators.virtual_phone.metadata import Metadata
from limosa.simulators.virtual_phone.phone import NAME, InstalledProfile, Phone
from limosa.simulators.virtual_phone.pki.folder import (
    CI_BUNDLE,
    NoPki,
    ensure_pki,
    server_of,
)


class PhoneFault(Exception):
    """A command of the phone failed; the text says why."""


def make_pki(options: Namespace) -> list[str]:
    """Write the PKI's folder, if it isn't there."""
    try:
        is_new = ensure_pki(options.pki, fqdn=options.fqdn, smdp_oid=options.oid, now=_now())
        server = server_of(options.pki)
    except OSError as error:
        raise PhoneFault(f"{options.pki} can't be written: {error.strerror}") from error
    except NoPki as error:
        raise PhoneFault(f"{error}. Delete the folder, or name another: --pki DIR.") from error
    if server != (options.fqdn.casefold(), options.oid):
        raise PhoneFault(
            f"{options.pki} has a PKI for {server[0]}, OID {server[1]}, already. "
            "Delete the folder, or name another: --pki DIR."
        )
    if not is_new:
        return [f"{options.pki} has a PKI already; it was left as it is."]
    return [f"{options.pki} now has a PKI for {options.fqdn}, OID {options.oid}, on both curves."]


def install(options: Namespace) -> list[str]:
    """Download and install what the code stands for."""

    def confirm(metadata: Metadata, _needs_code: bool) -> str:  # noqa: FBT001
        if options.decline:
            what = f"{metadata.name} ({metadata.provider})"
            raise Declined(f"{what} was declined.", f"已拒绝安装 {what}。")
        return str(options.confirmation_code)

    def tell(step: str, done: int, _total: int) -> None:
        if step == "install" and done == options.stop_at_segment:
            raise Interrupted(f"stopped before segment {done}")

    with opened(options, makes=True) as phone:
        profile = phone.install(options.code, Asking(confirm, tell), way=options.connect)
        lines = [f"{_named(profile)} is installed. `limosa phone enable` switches it on."]
        return [*lines, *_waiting(phone)]


def enable(options: Namespace) -> list[str]:
    """Switch a profile on, and with it the one that was on off."""
    return _switch(options, Phone.enable, "is on")


def disable(options: Namespace) -> list[str]:
    """Switch a profile off."""
    return _switch(options, Phone.disable, "is off")


def delete(options: Namespace) -> list[str]:
    """Delete a profile."""
    return _switch(options, Phone.delete, "is deleted")


def list_profiles(options: Namespace) -> list[str]:
    """Show a phone with its profiles, or every phone."""
    names = [options.phone] if options.phone else _phone_names(options.phones)
    if not names:
        return [f"There is no phone in {options.phones} yet."]
    return [line for name in names for line in _phone_lines(options, name)]


def send(options: Namespace) -> list[str]:
    """Send the notifications that wait."""
    with opened(options) as phone:
        faults = phone.send_notifications()
        if faults:
            raise PhoneFault(f"{_counted(phone)}: {faults[0]}")
        return ["Every notification has been sent."]


@contextmanager
def opened(options: Namespace, *, name: str = "", makes: bool = False) -> Iterator[Phone]:
    """Yield the phone that the options name, or another one of theirs; its faults become
    PhoneFault. `makes` makes it if it is new."""
    name = name or options.phone
    if not NAME.fullmatch(name):
        raise PhoneFault(f"{name!r} is no name for a phone: use a-z, 0-9 and hyphens.")
    if not makes and not (options.phones / name / "card.json").exists():
        raise PhoneFault(f"There is no phone {name!r} in {options.phones}.")
    losing = [options.lose_answer] if options.lose_answer else []

    def drops(call: str) -> bool:
        if call not in losing:
            return False
        losing.remove(call)
        return True

    connecting = Connecting(
        trusted=options.ca or options.pki / CI_BUNDLE,
        retries=options.retries,
        keeps=options.keep_connection,
        drops=drops,
    )
    opening = Phone.opened(
        options.phones / name,
        pki=options.pki,
        connecting=connecting,
        now=_now(),
        curve=options.curve if makes else "",
    )
    with _faults(options), opening as phone:
        yield phone


@contextmanager
def _faults(options: Namespace) -> Iterator[None]:
    """Turn whatever may go wrong with a phone into PhoneFault."""
    try:
        yield
    except NoPki as error:
        raise PhoneFault(f"{error}. `limosa phone pki` makes one.") from error
    except NameUnknown as error:
        said = f"{error} Say where the server is: --connect HOST:PORT."
        raise PhoneFault(said) from error
    except OSError as error:
        said = f"{error.filename or options.phones}: {error.strerror or error}"
        raise PhoneFault(said) from error
    except (LpaFault, Interrupted, CommandRejected, ValueError) as error:
        raise PhoneFault(str(error)) from error


def _switch(options: Namespace, switch: Callable[[Phone, str], None], outcome: str) -> list[str]:
    with opened(options) as phone:
        profile = _chosen(phone.profiles(), options.iccid)
        switch(phone, profile.iccid)
        return [f"{_named(profile)} {outcome}.", *_waiting(phone)]


def _chosen(profiles: list[InstalledProfile], iccid: str | None) -> InstalledProfile:
    found = [one for one in profiles if iccid in {None, one.iccid}]
    if len(found) == 1:
        return found[0]
    if not profiles:
        raise PhoneFault("There is no profile on this phone.")
    if not found:
        raise PhoneFault(f"{iccid} is not on this phone.")
    listed = ", ".join(one.iccid for one in profiles)
    raise PhoneFault(f"Say which profile: {listed}.")


def _phone_lines(options: Namespace, name: str) -> list[str]:
    with opened(options, name=name) as phone:
        profiles = [
            f"  {'on ' if one.is_enabled else 'off'} {_named(one)}" for one in phone.profiles()
        ]
        return [f"{name}: EID {phone.eid}", *(profiles or ["  no profile"]), *_waiting(phone)]


def _phone_names(folder: Path) -> list[str]:
    return sorted(path.parent.name for path in folder.glob("*/card.json"))


def _named(profile: InstalledProfile) -> str:
    return f"{profile.iccid} {profile.name} ({profile.provider})"


def _waiting(phone: Phone) -> list[str]:
    if not phone.waiting():
        return []
    return [f"{_counted(phone)}: `limosa phone send` sends again."]


def _counted(phone: Phone) -> str:
    count = len(phone.waiting())
    return f"{count} notification{'' if count == 1 else 's'} could not be sent"


def _now() -> datetime:
    return datetime.fromtimestamp(wall_clock(), UTC)
