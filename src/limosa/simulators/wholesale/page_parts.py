"""What the pages are made of: HTML of a wholesaler's account, faults, eSIMs, orders, callbacks."""

from collections import Counter
from collections.abc import Sequence
from html import escape

from limosa.simulators.clock import beijing_time
from limosa.simulators.wholesale.callbacks import Callback
from limosa.simulators.wholesale.esims import Bundle, Esim
from limosa.simulators.wholesale.faults import Fault, FaultKind
from limosa.simulators.wholesale.orders import Order
from limosa.simulators.wholesale.plans import GB, MB
from limosa.simulators.wholesale.wire import Wire

MORE_STYLE = """
select{font:inherit;color:inherit;background:var(--card);border:1px solid var(--soft);
border-radius:12px;padding:8px 12px;min-height:44px;max-width:100%}
.row input{width:5.5rem;min-height:44px;padding:8px 12px}
.row label{margin:0;font-weight:400}
.row{margin-top:10px}.row+p{margin-top:14px}
.state{white-space:nowrap}
.beside{display:flex;justify-content:space-between;align-items:center;gap:12px}
.beside>div{min-width:0;overflow-wrap:anywhere}.beside>form{flex:none;margin:0}
.meter{display:block;width:100%;height:6px;margin:8px 0 2px;accent-color:var(--tide)}
li b,li .num{overflow-wrap:anywhere}
"""
_KINDS = {
    FaultKind.OUT_OF_STOCK: "没有库存 · out of stock",
    FaultKind.PRICE_CHANGED: "涨价 · price changed",
    FaultKind.CREDIT_USED_UP: "余额用完 · credit used up",
    FaultKind.MAINTENANCE: "维护 · maintenance",
    FaultKind.BUSY: "繁忙 · busy",
    FaultKind.TOO_MANY: "调用过多 · too many calls",
    FaultKind.TIMEOUT: "超时，没做 · timeout, not done",
    FaultKind.TIMEOUT_AFTER: "超时，做了 · timeout, but done",
    FaultKind.SLOW: "慢 · slow",
    FaultKind.GARBAGE: "乱码应答 · garbage",
    FaultKind.ICCID_REUSED: "重用 ICCID · ICCID reused",
    FaultKind.CALLBACK_LOST: "回调丢失 · callback lost",
    FaultKind.CALLBACK_TWICE: "回调两次 · callback twice",
    FaultKind.CALLBACK_LATE: "回调迟到 · callback late",
}
_STATES = {
    "accepted": "处理中 · accepted",
    "delivered": "已完成 · delivered",
    "failed": "失败 · failed",
    "cancelled": "已取消 · cancelled",
    "live": "有效 · valid",
    "suspended": "暂停 · suspended",
    "revoked": "作废 · revoked",
    "released": "未下载 · released",
    "downloaded": "已下载 · downloaded",
    "installed": "已安装 · installed",
    "enabled": "已启用 · enabled",
    "disabled": "已停用 · disabled",
    "deleted": "已删除 · deleted",
    "waiting": "未开始 · waiting",
    "running": "使用中 · in use",
    "used_up": "已用完 · used up",
    "expired": "已到期 · expired",
    "ended": "已终止 · ended",
    "pending": "待确认 · pending",
    "acknowledged": "已确认 · acknowledged",
    "given_up": "已放弃 · given up",
    "lost": "丢失 · lost",
}


def overview_line(wire: Wire, *, balance: int, orders: int, esims: int) -> str:
    return (
        f'<li><a class="block" href="/suppliers/{wire.name}"><b>{escape(wire.title)}</b><br>'
        f'<span class="num">{money(wire, balance)}</span> <span class="muted small num">'
        f"· 订单 orders {orders} · eSIM {esims}</span></a></li>"
    )


def account_part(wire: Wire, *, balance: int, url: str) -> str:
    buttons = "".join(
        _button(act, label)
        for act, label in (
            ("deposit", "充值 100 · Deposit 100"),
            ("empty", "清空余额 · Empty"),
            ("settle", "结算用量 · Settle use"),
            ("restore", "恢复价目 · Restore prices"),
        )
    )
    to = escape(url) if url else "—"
    return (
        f"<dl><div><dt>余额 · Balance</dt><dd>{money(wire, balance)}</dd></div>"
        f'<div><dt>回调 · Callbacks</dt><dd class="small">{to}</dd></div></dl>'
        f'<form class="row" method="post" action="/suppliers/{wire.name}/account">{buttons}</form>'
        f'<p class="small"><a href="/suppliers/{wire.name}/statement.csv">账单 · Statement</a></p>'
    )


def faults_part(wire: Wire, pending: Sequence[Fault]) -> str:
    counts = Counter(_KINDS[one.kind] for one in pending)
    lines = "".join(f"<li>{escape(kind)} × {count}</li>" for kind, count in counts.items())
    listed = f'<ul class="list">{lines}</ul>' if lines else ""
    options = "".join(
        f'<option value="{kind}">{escape(label)}</option>' for kind, label in _KINDS.items()
    )
    clear = _button("clear", "清除 · Clear") if lines else ""
    return (
        f"<h2>故障 · Faults</h2>{listed}"
        f'<form class="row" method="post" action="/suppliers/{wire.name}/faults">'
        f'<select name="kind" aria-label="故障 · Fault">{options}</select>'
        '<label for="count">次数 · times</label>'
        '<input id="count" name="count" type="number" min="1" max="100" value="1">'
        '<select name="operation" aria-label="哪些请求 · Which calls">'
        '<option value="purchase">购买 · purchases</option>'
        '<option value="any">所有 · any call</option></select>'
        f"<button>加上 · Add</button>{clear}</form>"
    )


def esims_part(wire: Wire, esims: Sequence[tuple[Esim, list[Bundle]]]) -> str:
    lines = "".join(_esim(wire, esim, bundles) for esim, bundles in esims)
    return f"<h2>eSIM</h2>{_listed(lines)}"


def orders_part(wire: Wire, orders: Sequence[Order]) -> str:
    lines = "".join(
        f'<li><b class="num">{escape(one.reference)}</b> · <span class="state">'
        f"{_state(one.state)}</span><br>{escape(wire.listed[one.plan].name)} × {one.count}"
        f' · <span class="num">{money(wire, one.cost)}</span><br>'
        f'<span class="muted small num">{escape(one.number or "—")} · {_time(one.created_at)}'
        f"</span></li>"
        for one in orders
    )
    return f"<h2>订单 · Orders</h2>{_listed(lines)}"


def callbacks_part(wire: Wire, callbacks: Sequence[Callback]) -> str:
    lines = "".join(
        f'<li class="beside"><div><b>{escape(one.kind)}</b> · <span class="state">'
        f'{_state(one.state)}</span><br><span class="muted small num">{_time(one.created_at)}'
        f" · {one.attempts} × {escape(one.answer[:80])}</span></div>"
        f'<form class="row" method="post" action="/suppliers/{wire.name}/callbacks/{one.id}">'
        '<button class="quiet">重发 · Send again</button></form></li>'
        for one in callbacks
    )
    return f"<h2>回调 · Callbacks</h2>{_listed(lines)}"


def money(wire: Wire, amount: int) -> str:
    return f"{wire.currency} {amount / 10_000:,.2f}"


def _esim(wire: Wire, esim: Esim, bundles: Sequence[Bundle]) -> str:
    buttons = "".join(
        _button(act, label)
        for act, label in (
            ("mb100", "用 100 MB · Use"),
            ("gb1", "用 1 GB · Use"),
            ("day", "过 1 天 · 1 day later"),
            ("week", "过 7 天 · 7 days later"),
        )
    )
    later = f" · +{esim.clock_shift / 86_400:.0f} d" if esim.clock_shift else ""
    return (
        f'<li id="esim-{esim.id}"><b class="num">{escape(esim.iccid)}</b> · '
        f'<span class="state">{_state(esim.profile)}</span><br><span class="muted small num">'
        f"{escape(esim.key)} · {_state(esim.state)}{later}</span>"
        f"{''.join(_bundle(wire, one) for one in bundles)}"
        f'<form class="row" method="post" action="/suppliers/{wire.name}/esims/{esim.id}">'
        f"{buttons}</form></li>"
    )


def _bundle(wire: Wire, bundle: Bundle) -> str:
    name = escape(wire.listed[bundle.plan].name)
    used = _volume(bundle.used)
    if bundle.volume is None:
        return f'<p class="small num">{name} · {_state(bundle.state)} · {used}</p>'
    return (
        f'<p class="small num">{name} · {_state(bundle.state)} · {used} / '
        f"{_volume(bundle.volume)}</p>"
        f'<progress class="meter" max="{bundle.volume}" value="{bundle.used}"></progress>'
    )


def _volume(count: int) -> str:
    return f"{count / GB:.2f} GB" if count >= GB else f"{count / MB:.0f} MB"


def _listed(lines: str) -> str:
    if lines:
        return f'<ul class="list">{lines}</ul>'
    return '<p class="muted">还没有。 <span lang="en">None yet.</span></p>'


def _button(act: str, label: str) -> str:
    return f'<button class="quiet" name="act" value="{act}">{label}</button>'


def _state(state: str) -> str:
    return _STATES[state]


def _time(at: float) -> str:
    return beijing_time(at).replace("T", " ")[:19]
