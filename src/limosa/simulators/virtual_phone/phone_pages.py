"""The phones' pages: all phones, one phone with its eSIMs, and an installation as it goes on."""

import json
from html import escape
from urllib.parse import quote

from limosa.simulators.loopback_http import Handler, Reply, Request, Routes
from limosa.simulators.page_look import STYLE_PATH, Frame, page, see_other, style_reply
from limosa.simulators.virtual_phone.card.results import CancelReason
from limosa.simulators.virtual_phone.installing import Progress, Step
from limosa.simulators.virtual_phone.lpa.faults import LpaFault
from limosa.simulators.virtual_phone.network_link import NetworkLink
from limosa.simulators.virtual_phone.phone import NAME, InstalledProfile, Phone
from limosa.simulators.virtual_phone.phone_look import CROSS, LIVE, SIM, STYLE, TICK
from limosa.simulators.virtual_phone.phones import Phones

_FRAME = Frame(aside="虚拟手机 · Virtual phone", home="/")
_FOLLOWED = Frame(aside=_FRAME.aside, home="/", script_path="/live.js")
_WAIT_SECONDS = 0.3  # Most steps are over by then, and the next page shows what came of them.
_DATA = {"data-on", "data-off"}
_ANSWERS = {"later": CancelReason.POSTPONED, "no": CancelReason.END_USER_REJECTION}
_NO_SERVICE = (
    '<p class="data small" role="status">网络不再为这张 eSIM 提供服务。<br>'
    '<span lang="en">The network does not serve this eSIM.</span></p>'
)
_STEPS = {
    Step.CONNECT: ("正在联系服务器", "Contacting the server"),
    Step.AUTHENTICATE: ("正在互相验证", "Checking each other"),
    Step.DOWNLOAD: ("正在下载 eSIM", "Downloading the eSIM"),
    Step.INSTALL: ("正在写入 eUICC", "Installing it on the eUICC"),
}


class PhonePages:
    """Shows and uses the phones of a folder over HTTP."""

    def __init__(self, phones: Phones, network: NetworkLink | None) -> None:
        self._phones, self._network = phones, network

    def add_to(self, routes: Routes) -> None:
        routes.add("GET", STYLE_PATH, lambda _request, _words: style_reply(STYLE))
        routes.add("GET", "/live.js", lambda _request, _words: _script())
        routes.add("GET", "/", self._list)
        routes.add("POST", "/phones", self._add)
        routes.add("GET", "/phones/{name}", self._known(self._show))
        routes.add("POST", "/phones/{name}/install", self._known(self._install))
        routes.add("GET", "/phones/{name}/install", self._known(self._follow))
        routes.add("POST", "/phones/{name}/answer", self._known(self._answer))
        routes.add("POST", "/phones/{name}/esims/{iccid}", self._known(self._switch))
        routes.add("GET", "/control/health", lambda _request, _words: _json({"ready": True}))
        routes.add("GET", "/control/phones", self._control)

    def _known(self, handler: Handler) -> Handler:
        """Answer 404 for a phone that isn't there."""

        def handle(request: Request, words: dict[str, str]) -> Reply | None:
            if self._phones.has(words["name"]):
                return handler(request, words)
            title = "没有这台手机 · No such phone"
            return page(title, f"<h1>{title}</h1>", _FRAME, status=404)

        return handle

    def _list(self, request: Request, _words: dict[str, str]) -> Reply:
        code = request.query.get("code", "")
        lines = "".join(
            f'<li><a class="block" href="/phones/{quote(name)}{_with_code(code)}">'
            f"<b>{escape(name)}</b></a></li>"
            for name in self._phones.names()
        )
        title = "手机 · Phones"
        content = f"<h1>{title}</h1>"
        if code:
            content += (
                '<p class="muted">用哪台手机扫码？<br>'
                '<span lang="en">Which phone scans the code?</span></p>'
            )
        if lines:
            content += f'<h2>已有 · Yours</h2><ul class="list">{lines}</ul>'
        content += (
            '<h2>添加手机 · Add a phone</h2><form method="post" action="/phones">'
            '<label for="name">名称 · Name</label><input id="name" name="name" required'
            ' pattern="[a-z0-9][a-z0-9\\-]{0,31}" placeholder="my-phone" autocapitalize="off">'
            f'<input type="hidden" name="code" value="{escape(code)}">'
            "<button>添加 · Add</button></form>"
        )
        return page(title, content, _FRAME)

    def _add(self, request: Request, _words: dict[str, str]) -> Reply:
        name = request.form.get("name", "").strip()
        if not NAME.fullmatch(name):
            return see_other("/")
        self._phones.add(name)
        return see_other(f"/phones/{quote(name)}{_with_code(request.form.get('code', ''))}")

    def _show(self, request: Request, words: dict[str, str]) -> Reply:
        name = words["name"]
        running = self._phones.installation(name)
        if running is not None and not running.progress.is_over:
            return see_other(f"/phones/{quote(name)}/install")
        with self._phones.opened(name) as phone:
            profiles, eid, waiting = phone.profiles(), phone.eid, len(phone.waiting())
        serving = next((one for one in profiles if one.is_enabled), None)
        if serving and self._network is not None and not self._network.serves(serving.iccid):
            serving = None
        sims = "".join(self._sim(name, one, has_service=one == serving) for one in profiles) or (
            '<p class="muted">还没有 eSIM。<br><span lang="en">No eSIM yet.</span></p>'
        )
        told = (
            f'<p class="notice num">{waiting} 条通知待发送 · notifications waiting</p>'
            if waiting
            else ""
        )
        content = f"<h1>eSIM</h1>{told}{sims}{_scan_form(name, request.query.get('code', ''))}"
        return _device(name, content, serving=serving, foot=f"EID {eid}")

    def _install(self, request: Request, words: dict[str, str]) -> Reply:
        name = words["name"]
        running = self._phones.install(name, request.form.get("code", ""))
        running.wait_for(Step.CONFIRM, Step.FAILED, Step.INSTALLED, seconds=_WAIT_SECONDS)
        return see_other(f"/phones/{quote(name)}/install")

    def _follow(self, _request: Request, words: dict[str, str]) -> Reply:
        name = words["name"]
        running = self._phones.installation(name)
        if running is None:
            return see_other(f"/phones/{quote(name)}")
        progress = running.progress
        return _device(name, _installation(name, progress), is_busy=True, frame=_FOLLOWED)

    def _answer(self, request: Request, words: dict[str, str]) -> Reply:
        name, form = words["name"], request.form
        running = self._phones.installation(name)
        if running is not None:
            answer = _ANSWERS.get(form.get("act", ""), form.get("confirmation_code", "").strip())
            running.answer(answer)
            running.wait_for(Step.FAILED, Step.INSTALLED, seconds=_WAIT_SECONDS)
        return see_other(f"/phones/{quote(name)}/install")

    def _switch(self, request: Request, words: dict[str, str]) -> Reply:
        name, act = words["name"], request.form.get("act", "")
        iccid = words["iccid"]
        if act in _DATA and self._network is not None:
            self._network.let_use_data(iccid, is_on=act == "data-on")
        switches = {"on": Phone.enable, "off": Phone.disable, "delete": Phone.delete}
        self._phones.forget_installation(name)
        if act in switches:
            try:
                with self._phones.opened(name) as phone:
                    before = _on(phone)
                    switches[act](phone, iccid)
                    after = _on(phone)
            except LpaFault as fault:
                return _device(name, _failed(name, fault), is_busy=True)
            self._tell_network(before, after)
        return see_other(f"/phones/{quote(name)}")

    def _tell_network(self, before: set[str], after: set[str]) -> None:
        """Tell the network which eSIMs of a phone went off, and which came on."""
        if self._network is not None:
            for iccid in before - after:
                self._network.detach(iccid)
            for iccid in after - before:
                self._network.attach(iccid)

    def _sim(self, phone: str, profile: InstalledProfile, *, has_service: bool) -> str:
        data = ""
        if profile.is_enabled and not has_service:
            data = _NO_SERVICE
        elif self._network is not None and profile.is_enabled:
            data = _data_row(self._network.url, is_on=self._network.uses_data(profile.iccid))
        return _sim(phone, profile, data)

    def _control(self, _request: Request, _words: dict[str, str]) -> Reply:
        """List the phones with their eSIMs, for tests."""
        found = []
        for name in self._phones.names():
            with self._phones.opened(name) as phone:
                esims = [
                    {"iccid": one.iccid, "name": one.name, "is_enabled": one.is_enabled}
                    for one in phone.profiles()
                ]
                found.append({"name": name, "eid": phone.eid, "esims": esims})
        return _json({"phones": found})


def _on(phone: Phone) -> set[str]:
    """Return the ICCIDs of what is on."""
    return {one.iccid for one in phone.profiles() if one.is_enabled}


def _device(
    name: str,
    content: str,
    *,
    serving: InstalledProfile | None = None,
    is_busy: bool = False,
    foot: str = "",
    frame: Frame = _FRAME,
) -> Reply:
    """Build a page that shows a phone. Its bar has the phone's name, and the network that serves
    it, unless that is not known because an installation has the card (`is_busy`)."""
    network = ""
    if not is_busy:
        provider = escape(serving.provider) if serving else "无服务 · No service"
        on = " on" if serving else ""
        network = (
            f'<span class="network">{provider} <span class="bars{on}" aria-hidden="true">'
            f"{'<i></i>' * 4}</span></span>"
        )
    bar = f'<p class="bar"><span>{escape(name)}</span>{network}</p>'
    end = f'<p class="end muted small num">{escape(foot)}</p>' if foot else ""
    title = f"{name} · 虚拟手机 · Virtual phone"
    return page(title, f'<section class="device">{bar}{content}{end}</section>', frame)


def _data_row(network: str, *, is_on: bool) -> str:
    """Show whether data is used, with the switch for it and the way to the network's own page."""
    act, label = ("data-off", "停用 · Stop") if is_on else ("data-on", "使用 · Use")
    state = "使用中 · In use" if is_on else "未使用 · Not in use"
    return (
        '<div class="row data"><div>流量 · Data<br><a class="small"'
        f' href="{escape(network)}">{state}</a></div>'
        f'<button class="quiet" name="act" value="{act}">{label}</button></div>'
    )


def _sim(phone: str, profile: InstalledProfile, data: str) -> str:
    act, label, kind = (
        ("off", "关闭 · Off", ' class="quiet"')
        if profile.is_enabled
        else (
            "on",
            "开启 · On",
            "",
        )
    )
    state = "已开启 · On" if profile.is_enabled else "已关闭 · Off"
    return (
        f'<form class="sim{" on" if profile.is_enabled else ""}" method="post"'
        f' action="/phones/{quote(phone)}/esims/{quote(profile.iccid)}"><div class="row"><div>'
        f'<b>{escape(profile.nickname or profile.name)}</b><span class="muted small">'
        f"{escape(profile.provider)} · {state}</span></div>"
        f'<button name="act" value="{act}"{kind}>{label}</button></div>'
        f"{data}<details><summary>详情 · Details</summary>"
        f"<dl><div><dt>ICCID</dt><dd>{escape(profile.iccid)}</dd></div></dl>"
        "<details><summary>删除此 eSIM · Delete this eSIM</summary>"
        '<p class="small">删除后，这台手机无法再用它上网。<br><span lang="en">This phone '
        "can then no longer use it.</span></p>"
        '<button class="text" name="act" value="delete">确认删除 · Delete it</button>'
        "</details></details></form>"
    )


def _scan_form(phone: str, code: str) -> str:
    return (
        "<h2>添加 eSIM · Add an eSIM</h2>"
        f'<form method="post" action="/phones/{quote(phone)}/install">'
        '<label for="code">激活码 · Activation code</label>'
        '<textarea id="code" name="code" rows="2" required spellcheck="false" autocapitalize="off"'
        f' placeholder="LPA:1$…">{escape(code)}</textarea>'
        "<button>下载 · Download</button></form>"
    )


def _installation(name: str, progress: Progress) -> str:
    if progress.step is Step.CONFIRM:
        return _question(name, progress)
    if progress.step is Step.INSTALLED and progress.profile is not None:
        return _installed(name, progress.profile)
    if progress.step is Step.FAILED and progress.fault is not None:
        return _failed(name, progress.fault)
    chinese, english = _STEPS[progress.step]
    value = f' value="{progress.done}" max="{progress.total}"' if progress.total > 1 else ""
    return (
        f'<div class="centre" data-follow role="status"><div class="disc">{SIM}</div>'
        f'<h1>{chinese}</h1><p class="muted" lang="en">{english}</p>'
        f'<progress{value} aria-label="{chinese}"></progress></div>'
    )


def _question(name: str, progress: Progress) -> str:
    offer = progress.offer
    what = (escape(offer.name), escape(offer.provider)) if offer else ("", "")
    code = (
        '<label for="confirmation_code">确认码 · Confirmation code</label>'
        '<input id="confirmation_code" name="confirmation_code" required autocomplete="off">'
        if progress.needs_code
        else ""
    )
    return (
        f'<form class="centre" method="post" action="/phones/{quote(name)}/answer">'
        f'<div class="disc">{SIM}</div><h1>安装这张 eSIM？</h1>'
        '<p class="muted" lang="en">Install this eSIM?</p>'
        f'<div class="offer"><p>{what[0]}</p><span class="muted">{what[1]}</span></div>{code}'
        '<button name="act" value="yes">安装 · Install</button>'
        '<button class="quiet" name="act" value="later" formnovalidate>以后再说 · Later</button>'
        '<button class="text" name="act" value="no" formnovalidate>取消 · Cancel</button>'
        "</form>"
    )


def _installed(name: str, profile: InstalledProfile) -> str:
    return (
        f'<form class="centre" method="post" role="status"'
        f' action="/phones/{quote(name)}/esims/{quote(profile.iccid)}">'
        f'<div class="disc">{TICK}</div><h1>eSIM 已安装</h1>'
        f'<p class="muted" lang="en">The eSIM is installed</p>'
        f'<div class="offer"><p>{escape(profile.name)}</p><span class="muted num">'
        f"{escape(profile.iccid)}</span></div>"
        '<button name="act" value="on">开启 · Switch on</button>'
        f'<a class="button quiet" href="/phones/{quote(name)}">以后再开 · Not now</a></form>'
    )


def _failed(name: str, fault: LpaFault) -> str:
    detail = f'<p class="muted small num">{escape(fault.detail)}</p>' if fault.detail else ""
    return (
        f'<div class="centre" role="alert"><div class="disc bad">{CROSS}</div>'
        f"<h1>{escape(fault.chinese)}</h1>"
        f'<p class="muted" lang="en">{escape(fault.english)}</p>{detail}'
        f'<a class="button" href="/phones/{quote(name)}">返回 · Back</a></div>'
    )


def _with_code(code: str) -> str:
    return f"?code={quote(code)}" if code else ""


def _script() -> Reply:
    return Reply(200, LIVE.encode(), {"Content-Type": "text/javascript; charset=utf-8"})


def _json(body: dict[str, object]) -> Reply:
    content = json.dumps(body, ensure_ascii=False, indent=2).encode() + b"\n"
    return Reply(200, content, {"Content-Type": "application/json; charset=utf-8"})
