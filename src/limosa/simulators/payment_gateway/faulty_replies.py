"""Replies that fail, before or after the work was done: the same for every wire."""

from collections.abc import Callable
from dataclasses import dataclass

from limosa.simulators.loopback_http import Handler, Reply, Request
from limosa.simulators.payment_gateway.faults import ReplyFault, ReplyFaultKind
from limosa.simulators.payment_gateway.wire import Desk


@dataclass(frozen=True, slots=True)
class Style:
    """How a wire answers.

    server_error: its answer when something broke. finish: signs a reply, or whatever the wire does
    with each before sending it; `fault` is empty, or one of the wire's own reply faults.
    """

    server_error: Callable[[], Reply]
    finish: Callable[[Reply, str], Reply]


def with_reply_faults(
    desk: Desk, operation: str, work: Callable[[Request, dict[str, str]], Reply], style: Style
) -> Handler:
    """Wrap the work of a call: if a fault was requested, the answer fails."""

    def handle(request: Request, words: dict[str, str]) -> Reply | None:
        fault = desk.faults.take_reply_fault(operation)
        kind = "" if fault is None else fault.kind
        if kind == ReplyFaultKind.SERVER_ERROR:
            return style.finish(style.server_error(), "")
        if fault is not None and kind == ReplyFaultKind.TIMEOUT:
            desk.keep_silent(fault.seconds)
            return None
        return _spoilt(desk, work(request, words), fault, style)

    return handle


def _spoilt(desk: Desk, reply: Reply, fault: ReplyFault | None, style: Style) -> Reply | None:
    kind = "" if fault is None else fault.kind
    if fault is not None and kind == ReplyFaultKind.TIMEOUT_AFTER:
        desk.keep_silent(fault.seconds)
        return None
    if kind == ReplyFaultKind.SERVER_ERROR_AFTER:
        return style.finish(style.server_error(), "")
    if kind == ReplyFaultKind.MALFORMED:
        body = (reply.body or b'{"code": "')[: max(8, len(reply.body) // 2)]
        headers = {"Content-Type": "application/json", **reply.headers}
        return style.finish(Reply(200, body, headers), "")
    return style.finish(reply, kind)
