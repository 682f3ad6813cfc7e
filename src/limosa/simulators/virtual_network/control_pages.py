"""The network's page: each eSIM, its pace, the feed's answers; and the same as JSON for tests."""

import json
import re
from html import escape
from urllib.parse import quote

from limosa.simulators.clock import utc_time
from limosa.simulators.loopback_http import Reply, Request, Routes
from limosa.simulators.page_look import STYLE_PATH, Frame, page, see_other, style_reply
from limosa.simulators.virtual_network.network import FAST, SLOW, Network
from limosa.simulators.virtual_network.records import Esim

GIGABYTE = 1000**3
_FRAME = Frame(aside="虚拟网络 · Virtual network", home="/", is_wide=True, script_path="/live.js")
# Updates the figures every two seconds, without affecting the focus or what is being typed.
_LIVE = """
setInterval(async () => {
  const parsed = new DOMParser().parseFromString(await (await fetch("/")).text(), "text/html");
  const [shown, fresh] = [document, parsed].map((d) => d.querySelectorAll("[data-live]"));
  if (shown.length !== fresh.length) {
    if (document.activeElement.tagName !== "INPUT") location.reload();
    return;
  }
  shown.forEach((one, index) => { one.textContent = fresh[index].textContent; });
}, 2000);
"""
_ICCID = re.compile(r"\d{18,20}")
_PACES = {"stop": 0, "slow": SLOW, "fast": FAST}
_ACTIONS = {
    "none": "可以上网 · may use data",
    "redirect": "流量用完，已转到续费页 · out of data, sent to the renewal page",
    "throttle": "已限速 · throttled",
}


class ControlPages:
    """Shows and controls a network over HTTP."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def add_to(self, routes: Routes) -> None:
        routes.add("GET", STYLE_PATH, lambda _request, _words: style_reply())
        routes.add("GET", "/live.js", lambda _request, _words: _script())
        routes.add("GET", "/", self._page)
        routes.add("POST", "/esims", self._add_by_form)
        routes.add("POST", "/esims/{iccid}", self._steer_by_form)
        routes.add("GET", "/control/health", lambda _request, _words: _json(200, {"ready": True}))
        routes.add("GET", "/control/esims", self._list)
        routes.add("POST", "/control/esims", self._steer)

    # For people.

    def _page(self, _request: Request, _words: dict[str, str]) -> Reply:
        content = "<h1>用流量 · Use data</h1>"
        if self._network.trouble:
            content += (
                '<p class="notice" role="status">流量接口没有应答，记录会保留并重发。<br>'
                '<span lang="en" data-live>The usage feed does not answer; records are kept and'
                f" sent again: {escape(self._network.trouble)}</span></p>"
            )
        cards = "".join(_card(esim) for esim in self._network.records.esims())
        waiting = self._network.records.unsent_count()
        content += f'<h2>eSIM</h2><ul class="list">{cards}</ul>' if cards else ""
        content += (
            '<p class="muted small num">待确认记录 · records waiting:'
            f" <span data-live>{waiting}</span></p>"
            '<h2>添加 · Add</h2><form method="post" action="/esims">'
            '<label for="iccid">ICCID</label>'
            '<input id="iccid" name="iccid" inputmode="numeric" pattern="[0-9]{18,20}" required>'
            "<button>添加 · Add</button></form>"
        )
        return page("虚拟网络 · Virtual network", content, _FRAME)

    def _add_by_form(self, request: Request, _words: dict[str, str]) -> Reply:
        iccid = request.form.get("iccid", "").strip()
        if _ICCID.fullmatch(iccid):
            self._network.records.add_esim(iccid, pace=0)
        return see_other("/")

    def _steer_by_form(self, request: Request, words: dict[str, str]) -> Reply:
        act = request.form.get("act", "")
        if act in _PACES:
            self._network.records.set_pace(words["iccid"], _PACES[act])
        elif act == "gigabyte":
            self._use_gigabyte(words["iccid"])
        return see_other("/")

    def _use_gigabyte(self, iccid: str) -> None:
        """Use 1 GB, or what is left: the network lets nobody use more than that."""
        for esim in self._network.records.esims():
            if esim.iccid == iccid and not esim.is_blocked:
                left = GIGABYTE if esim.remaining_bytes is None else esim.remaining_bytes
                self._network.use(iccid, max(0, min(GIGABYTE, left)))

    # For tests.

    def _list(self, _request: Request, _words: dict[str, str]) -> Reply:
        esims = [_esim_json(esim) for esim in self._network.records.esims()]
        waiting = self._network.records.unsent_count()
        trouble = self._network.trouble
        return _json(200, {"esims": esims, "records_waiting": waiting, "trouble": trouble})

    def _steer(self, request: Request, _words: dict[str, str]) -> Reply:
        """{"iccid": …, "pace": bytes a second?, "use_bytes": n?, "forget": true?}; learns it."""
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return _json(415, {"error": "Content-Type: application/json is needed"})
        try:
            members = json.loads(request.body)
            iccid = _iccid(members["iccid"])
            pace, volume = (_whole(members.get(name)) for name in ("pace", "use_bytes"))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return _json(400, {"error": str(error)})
        records = self._network.records
        if members.get("forget") is True:
            return _json(200, {"forgotten": records.forget_esim(iccid)})
        records.add_esim(iccid, pace=0)
        if pace is not None:
            records.set_pace(iccid, pace)
        if volume is not None:
            self._network.use(iccid, volume)
        esim = next(one for one in records.esims() if one.iccid == iccid)
        return _json(200, _esim_json(esim))


def _card(esim: Esim) -> str:
    state = _ACTIONS[esim.action]
    if esim.status in {"unknown_esim", "invalid"}:
        state = f"服务端不认识这张 eSIM · not accepted: {esim.status}"
    elif not esim.status:
        state = "等待应答 · no answer yet"
    remaining = "—" if esim.remaining_bytes is None else _volume(esim.remaining_bytes)
    facts = {
        "状态 · State": state,
        "速度 · Pace": f"{_volume(esim.pace)}/s",
        "已用 · Used": _volume(esim.used_bytes),
        "剩余 · Remaining": remaining,
    }
    rows = "".join(
        f"<div><dt>{name}</dt><dd data-live>{value}</dd></div>" for name, value in facts.items()
    )
    buttons = "".join(
        f'<button name="act" value="{act}"{kind}>{label}</button>'
        for act, kind, label in (
            ("stop", ' class="quiet"', "停 · Stop"),
            ("slow", ' class="quiet"', "慢 · Slow"),
            ("fast", ' class="quiet"', "快 · Fast"),
            ("gigabyte", "", "用掉 1 GB · Use 1 GB now"),
        )
    )
    return (
        f'<li><b class="num">{escape(esim.iccid)}</b><dl>{rows}</dl>'
        f'<form class="row" method="post" action="/esims/{quote(esim.iccid)}">{buttons}</form></li>'
    )


def _esim_json(esim: Esim) -> dict[str, object]:
    answered = None if esim.answered_at is None else utc_time(esim.answered_at)
    return {
        "iccid": esim.iccid,
        "pace": esim.pace,
        "used_bytes": esim.used_bytes,
        "remaining_bytes": esim.remaining_bytes,
        "final_unit_action": esim.action,
        "status": esim.status,
        "answered_at": answered,
    }


def _volume(count: int) -> str:
    for unit, size in (("GB", 1000**3), ("MB", 1000**2), ("kB", 1000)):
        if abs(count) >= size:
            return f"{count / size:,.2f} {unit}"
    return f"{count} B"


def _iccid(value: object) -> str:
    if not isinstance(value, str) or not _ICCID.fullmatch(value):
        raise ValueError("iccid: 18 to 20 digits are needed")
    return value


def _whole(value: object) -> int | None:
    if value is not None and (type(value) is not int or not 0 <= value <= 10**15):
        raise ValueError(f"a whole number is needed, not {value!r}")
    return value


def _script() -> Reply:
    return Reply(200, _LIVE.encode(), {"Content-Type": "text/javascript; charset=utf-8"})


def _json(status: int, body: dict[str, object]) -> Reply:
    content = json.dumps(body, ensure_ascii=False, indent=2).encode() + b"\n"
    return Reply(status, content, {"Content-Type": "application/json; charset=utf-8"})
