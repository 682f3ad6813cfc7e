"""The pages: all four wholesalers, and one with its balance, faults, eSIMs, orders, callbacks."""

from limosa.simulators.loopback_http import Reply, Request, Routes
from limosa.simulators.page_look import STYLE_PATH, Frame, page, see_other, style_reply
from limosa.simulators.wholesale.acts import Acts
from limosa.simulators.wholesale.bundles import bundles_of
from limosa.simulators.wholesale.callbacks import callback_url, callbacks_of
from limosa.simulators.wholesale.control_calls import guarded
from limosa.simulators.wholesale.esims import DAY, newest_esims
from limosa.simulators.wholesale.faults import ANY, COUNT_MAX, PURCHASE, Fault, FaultKind
from limosa.simulators.wholesale.orders import balance_of, newest_orders
from limosa.simulators.wholesale.page_parts import (
    MORE_STYLE,
    account_part,
    callbacks_part,
    esims_part,
    faults_part,
    orders_part,
    overview_line,
)
from limosa.simulators.wholesale.plans import GB, MB
from limosa.simulators.wholesale.statement import statement_file
from limosa.simulators.wholesale.wholesaler import Wholesaler
from limosa.simulators.wholesale.wire import Wire

SHOWN = 20
DEPOSIT = 1_000_000  # A hundred of the currency.
_TITLE = "供应商 · Wholesalers"
_USES = {"mb100": 100 * MB, "gb1": GB}
_CLOCKS = {"day": DAY, "week": 7 * DAY, "month": 30 * DAY}
_FRAME = Frame(aside="模拟供应商 · Simulated suppliers", home="/", is_wide=True)


class ControlPages:
    """Shows and controls the wholesalers over HTTP."""

    def __init__(self, wholesaler: Wholesaler) -> None:
        self._all = wholesaler

    def add_to(self, routes: Routes) -> None:
        routes.add("GET", STYLE_PATH, lambda _request, _words: style_reply(MORE_STYLE))
        routes.add("GET", "/", self._overview)
        for wire in self._all.wires.values():
            WirePages(self._all, wire).add_to(routes)

    def _overview(self, _request: Request, _words: dict[str, str]) -> Reply:
        lines = []
        with self._all.store.transaction() as db:
            for wire in self._all.wires.values():
                counts = [
                    db.execute(f"SELECT count(*) FROM {table} WHERE wire = ?", (wire.name,))  # noqa: S608
                    for table in ("orders", "esims")
                ]
                orders, esims = (one.fetchone()[0] for one in counts)
                balance = balance_of(db, wire.name)
                lines.append(overview_line(wire, balance=balance, orders=orders, esims=esims))
        content = (
            f"<h1>{_TITLE}</h1>"
            '<p class="muted">没有真的钱。<span lang="en">No real money.</span></p>'
            f'<ul class="list">{"".join(lines)}</ul>'
        )
        return page(_TITLE, content, _FRAME)


class WirePages:
    """The page of one wholesaler."""

    def __init__(self, wholesaler: Wholesaler, wire: Wire) -> None:
        self._all, self._wire = wholesaler, wire
        self._acts = Acts(wholesaler, wire)
        self._path = f"/suppliers/{wire.name}"

    def add_to(self, routes: Routes) -> None:
        routes.add("GET", self._path, self._page)
        routes.add("GET", f"{self._path}/statement.csv", self._statement)
        for name, act in {
            "faults": self._faults,
            "account": self._account,
            "esims/{number}": self._esim,
            "callbacks/{number}": self._callback,
        }.items():
            routes.add("POST", f"{self._path}/{name}", guarded(act))

    def _page(self, _request: Request, _words: dict[str, str]) -> Reply:
        wire, name = self._wire, self._wire.name
        with self._all.store.transaction() as db:
            esims = [(one, bundles_of(db, one)) for one in newest_esims(db, name, count=SHOWN)]
            parts = [
                account_part(wire, balance=balance_of(db, name), url=callback_url(db, name)),
                faults_part(wire, wire.desk.faults.pending()),
                esims_part(wire, esims),
                orders_part(wire, newest_orders(db, name, count=SHOWN)),
                callbacks_part(wire, callbacks_of(db, name, count=SHOWN)),
            ]
        content = f"<h1>{wire.title}</h1>{''.join(parts)}"
        return page(wire.title, content, _FRAME)

    def _statement(self, _request: Request, _words: dict[str, str]) -> Reply:
        with self._all.store.transaction() as db:
            content = statement_file(db, self._wire)
        return Reply(200, content, {"Content-Type": "text/csv; charset=utf-8"})

    def _faults(self, request: Request, _words: dict[str, str]) -> Reply:
        form = request.form
        if form.get("act") == "clear":
            self._acts.clear_faults()
            return see_other(self._path)
        count = form.get("count", "1")
        if not (count.isascii() and count.isdecimal() and 1 <= int(count) <= COUNT_MAX):
            raise ValueError(f"count: 1 to {COUNT_MAX}")
        operation = ANY if form.get("operation") == ANY else PURCHASE
        self._acts.add_faults(
            Fault(FaultKind(form.get("kind", "")), operation=operation), count=int(count)
        )
        return see_other(self._path)

    def _account(self, request: Request, _words: dict[str, str]) -> Reply:
        act = request.form.get("act", "")
        if act == "deposit":
            with self._all.store.transaction() as db:
                balance = balance_of(db, self._wire.name)
            self._acts.set_balance(balance + DEPOSIT)
        elif act == "empty":
            self._acts.set_balance(0)
        elif act == "settle":
            self._acts.settle_use()
        elif act == "restore":
            self._acts.restore_plans()
        return see_other(self._path)

    def _esim(self, request: Request, words: dict[str, str]) -> Reply:
        number, act = words["number"], request.form.get("act", "")
        esim = self._acts.esim(number=int(number) if number.isdecimal() else -1)
        if act in _USES:
            self._acts.use(esim, _USES[act])
        elif act in _CLOCKS:
            self._acts.move_clock(esim, _CLOCKS[act])
        return see_other(f"{self._path}#esim-{esim.id}")

    def _callback(self, _request: Request, words: dict[str, str]) -> Reply:
        number = words["number"]
        self._acts.send_again(int(number) if number.isdecimal() else -1)
        return see_other(self._path)
