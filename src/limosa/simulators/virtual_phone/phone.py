"""A phone: a card, an LPA, and what a person does with them.

A phone's folder holds card.json (the card), routes.json (the way to the servers it has met) and a
lock, which whoever uses the phone holds: a second user waits.
"""

import fcntl
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from limosa.protocols.sgp22.tlv import encode, read_exactly_one
from limosa.simulators.virtual_phone.card.euicc import Euicc, new_eid, new_memory
from limosa.simulators.virtual_phone.card.memory import MemoryFile
from limosa.simulators.virtual_phone.card.results import SwitchResult
from limosa.simulators.virtual_phone.der_values import integer, read_integer, read_text
from limosa.simulators.virtual_phone.lpa.activation_code import HTTPS_PORT, read_activation_code
from limosa.simulators.virtual_phone.lpa.download import Asking, Download
from limosa.simulators.virtual_phone.lpa.es9plus import NOTIFY, Connecting, Es9Plus, Route, encoded
from limosa.simulators.virtual_phone.lpa.faults import LpaFault
from limosa.simulators.virtual_phone.metadata import iccid_bytes, iccid_digits
from limosa.simulators.virtual_phone.pki.folder import read_trust

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_ENABLE, _DISABLE, _DELETE = 0xBF31, 0xBF32, 0xBF33


@dataclass(frozen=True, slots=True)
class InstalledProfile:
    """What a phone shows of a profile."""

    iccid: str
    provider: str
    name: str
    nickname: str
    is_enabled: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notification that its receiver has not confirmed."""

    sequence_number: int
    address: str


class Phone:
    """A phone that is switched on, from `opened`."""

    def __init__(self, folder: Path, card: Euicc, connecting: Connecting) -> None:
        self._routes = folder / "routes.json"
        self._card, self._connecting = card, connecting

    @classmethod
    @contextmanager
    def opened(
        cls, folder: Path, *, pki: Path, connecting: Connecting, now: datetime, curve: str = ""
    ) -> Iterator[Self]:
        """Yield the phone in a folder, with a new card if it has none yet.

        A new card trusts the PKI's CIs on both curves, or only the one on `curve`. Waits for
        whoever uses it. Raises NoPki if it needs a card and there is no PKI; ValueError if the
        card's file is damaged.
        """
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            file = MemoryFile(folder / "card.json")
            if not file.exists():
                trusts = [one for one in read_trust(pki) if curve in {"", one.curve}]
                file.write(new_memory(trusts, eid=new_eid(), now=now))
            yield cls(folder, Euicc(file), connecting)

    @property
    def eid(self) -> str:
        asked = encode(0xBF3E, encode(0x5C, b"\x5a"))
        return read_exactly_one(self._card.transmit(asked)).children()[0].value.hex()

    def profiles(self) -> list[InstalledProfile]:
        answer = read_exactly_one(self._card.transmit(encode(0xBF2D))).children()[0]
        return [
            _shown({field.tag: field.value for field in entry.children()})
            for entry in answer.children()
        ]

    def install(
        self, code: str, asking: Asking, *, way: tuple[str, int] | None = None
    ) -> InstalledProfile:
        """Download and install what a code stands for, and send the notifications that wait.

        way: host and port that lead to the server, if its name doesn't. They are remembered, and
        later codes of this server are taken there, whatever port they name.
        Raises LpaFault; Interrupted where a test wanted it. That a notification could not be sent
        is no failure of the installation: it waits.
        """
        activation = read_activation_code(code)
        by_name = (activation.host, activation.port)
        if way is not None or not (
            self._is_led_elsewhere(activation.host) or by_name[1] == HTTPS_PORT
        ):
            self._remember(Route(activation.host, *(way or by_name)))
        server = Es9Plus(self._route_to(activation.host), self._connecting)
        try:
            iccid = Download(self._card, server, activation, asking).run()
        except LpaFault:
            self.send_notifications()
            raise
        finally:
            server.close()
        self.send_notifications()
        return self._profile(iccid_digits(iccid))

    def enable(self, iccid: str) -> None:
        self._switch(_ENABLE, iccid)

    def disable(self, iccid: str) -> None:
        self._switch(_DISABLE, iccid)

    def delete(self, iccid: str) -> None:
        """Delete a profile, switching it off first."""
        if self._profile(iccid).is_enabled:
            self.disable(iccid)
        self._switch(_DELETE, iccid)

    def send_notifications(self) -> list[LpaFault]:
        """Send what waits, in its order, and return why some of it still does."""
        faults: list[LpaFault] = []
        unreachable: set[str] = set()
        for one in self.waiting():
            if one.address in unreachable:
                continue
            try:
                self._send(one)
            except LpaFault as error:
                faults.append(error)
                unreachable.add(one.address)
        return faults

    def waiting(self) -> list[Waiting]:
        listed = read_exactly_one(self._card.transmit(encode(0xBF28))).children()[0]
        found = []
        for entry in listed.children():
            number, _, address = entry.children()[:3]
            found.append(Waiting(read_integer(number.value), read_text(address.value)))
        return found

    def _send(self, one: Waiting) -> None:
        number = integer(one.sequence_number, tag=0x80)
        fetched = self._card.transmit(encode(0xBF2B, encode(0xA0, number)))
        content = read_exactly_one(fetched).children()[0].value
        server = Es9Plus(self._route_to(one.address), self._connecting)
        try:
            server.call(NOTIFY, {"pendingNotification": encoded(content)})
        finally:
            server.close()
        self._card.transmit(encode(0xBF30, number))

    def _switch(self, command: int, iccid: str) -> None:
        identified = encode(0x5A, self._iccid(iccid))
        content = [identified]
        if command != _DELETE:
            content = [encode(0xA0, identified), encode(0x81, b"\xff")]
        answer = read_exactly_one(self._card.transmit(encode(command, *content))).children()[0]
        result = SwitchResult(read_integer(answer.value))
        if result is not SwitchResult.OK:
            raise _SWITCH_FAULTS.get(result, _not_switched)(iccid)
        self.send_notifications()

    def _profile(self, iccid: str) -> InstalledProfile:
        for profile in self.profiles():
            if profile.iccid == iccid:
                return profile
        raise _unknown(iccid)

    @staticmethod
    def _iccid(iccid: str) -> bytes:
        try:
            return iccid_bytes(iccid)
        except ValueError as error:
            chinese = f"{iccid}：ICCID 应为 18 至 20 位数字。"
            raise LpaFault(f"{iccid}: {error}.", chinese) from error

    def _remember(self, route: Route) -> None:
        routes = self._known_routes()
        routes[route.name.casefold()] = (route.host, route.port)
        fresh = self._routes.with_suffix(".new")
        fresh.write_text(json.dumps(routes, indent=1), encoding="utf-8")
        fresh.replace(self._routes)

    def _route_to(self, address: str) -> Route:
        """Return the way to a server. Its address may have a port; the way that is known is later
        news than that."""
        name, _, port = address.partition(":")
        by_name = (name, int(port) if port.isdecimal() else HTTPS_PORT)
        return Route(name, *self._known_routes().get(name.casefold(), by_name))

    def _is_led_elsewhere(self, name: str) -> bool:
        """Return whether somebody said that another host is the way to a server."""
        host, _ = self._known_routes().get(name.casefold(), (name, 0))
        return host.casefold() != name.casefold()

    def _known_routes(self) -> dict[str, tuple[str, int]]:
        try:
            stored = json.loads(self._routes.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return {name: (str(host), int(port)) for name, (host, port) in stored.items()}


def _shown(fields: dict[int, bytes]) -> InstalledProfile:
    return InstalledProfile(
        iccid=iccid_digits(fields[0x5A]),
        provider=fields[0x91].decode(),
        name=fields[0x92].decode(),
        nickname=fields.get(0x90, b"").decode(),
        is_enabled=fields[0x9F70] == b"\x01",
    )


def _unknown(iccid: str) -> LpaFault:
    return LpaFault(f"{iccid} is not on this phone.", f"这台手机上没有 {iccid}。")


def _wrong_state(iccid: str) -> LpaFault:
    return LpaFault(f"{iccid} is in that state already.", f"{iccid} 已经是该状态。")


def _by_policy(iccid: str) -> LpaFault:
    return LpaFault(
        f"The rules of {iccid}, or of the profile that is on, forbid it.",
        f"{iccid} 或当前启用的 eSIM 的策略规则不允许这样做。",
    )


def _not_switched(iccid: str) -> LpaFault:
    return LpaFault(f"The eUICC refuses to switch {iccid}.", f"eUICC 拒绝切换 {iccid}。")


_SWITCH_FAULTS: dict[SwitchResult, Callable[[str], LpaFault]] = {
    SwitchResult.NOT_FOUND: _unknown,
    SwitchResult.WRONG_STATE: _wrong_state,
    SwitchResult.DISALLOWED_BY_POLICY: _by_policy,
}
