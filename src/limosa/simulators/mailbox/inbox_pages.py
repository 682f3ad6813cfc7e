"""The mailbox's pages: the list, a message, its HTML in a sandbox, its attachments; and JSON."""

import json
import re
from html import escape
from urllib.parse import quote

from limosa.simulators.clock import utc_time
from limosa.simulators.loopback_http import Handler, Reply, Request, Routes
from limosa.simulators.mailbox.folder import MailFolder, Message, Summary
from limosa.simulators.page_look import STYLE_PATH, Frame, page, page_headers, style_reply

PAGE_MESSAGES = 50
_FRAME = Frame(aside="邮箱 · Mailbox", home="/", is_wide=True)
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]，。；：！？）】]")
# A message may be viewed and its links opened in a new tab; it may not run or load anything.
_SANDBOX = "sandbox allow-popups allow-popups-to-escape-sandbox"
_HTML_POLICY = f"default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; {_SANDBOX}"


class InboxPages:
    """Serves a mail folder over HTTP."""

    def __init__(self, folder: MailFolder) -> None:
        self._folder = folder

    def add_to(self, routes: Routes) -> None:
        routes.add("GET", STYLE_PATH, lambda _request, _words: style_reply())
        routes.add("GET", "/", self._list)
        routes.add("GET", "/messages.json", self._json)
        routes.add("GET", "/messages/{id}", _found(self._show))
        routes.add("GET", "/messages/{id}/html", _found(self._html))
        routes.add("GET", "/messages/{id}/parts/{number}", _found(self._part))

    def _list(self, request: Request, _words: dict[str, str]) -> Reply:
        offset = _whole(request.query.get("after", "0"))
        shown = self._folder.newest(offset=offset, count=PAGE_MESSAGES)
        lines = "".join(
            f'<li><a class="block" href="/messages/{one.id}"><b>{escape(one.subject) or "—"}</b>'
            f'<br><span class="muted small num">{escape(one.recipients)} · {_when(one)}</span>'
            "</a></li>"
            for one in shown
        )
        content = "<h1>收件箱 · Inbox</h1>"
        if not shown:
            content += '<p class="muted">还没有邮件。<br><span lang="en">No mail yet.</span></p>'
        else:
            content += f'<h2>{self._folder.count()} 封 · messages</h2><ul class="list">{lines}</ul>'
        if self._folder.count() > offset + PAGE_MESSAGES:
            older = f"/?after={offset + PAGE_MESSAGES}"
            content += f'<p><a class="button quiet" href="{older}">更早 · Older</a></p>'
        return page("收件箱 · Inbox", content, _FRAME)

    def _json(self, request: Request, _words: dict[str, str]) -> Reply:
        """List messages with their texts: ?to= one recipient, ?limit= (50), newest first."""
        query = request.query
        limit = min(_whole(query.get("limit", str(PAGE_MESSAGES))), 1000)
        found = self._folder.newest(offset=0, count=limit, recipient=query.get("to", ""))
        messages = [_as_json(self._folder.read(one.id)) for one in found]
        body = json.dumps({"messages": messages}, ensure_ascii=False, indent=1).encode()
        return Reply(200, body, {"Content-Type": "application/json; charset=utf-8"})

    def _show(self, _request: Request, words: dict[str, str]) -> Reply:
        message = self._folder.read(words["id"])
        one = message.summary
        facts = {
            "发件人 · From": one.sender,
            "收件人 · To": one.recipients,
            "时间 · At": _when(one),
        }
        rows = "".join(
            f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts.items()
        )
        content = f"<h1>{escape(one.subject) or '—'}</h1><dl>{rows}</dl>"
        if message.html:
            address = f"/messages/{one.id}/html"
            content += (
                f'<iframe title="邮件内容 · Message" src="{address}"'
                ' sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>'
            )
        if message.text:
            content += f"<h2>纯文本 · Plain text</h2><pre>{_with_links(message.text)}</pre>"
        content += _attachment_list(message)
        return page(one.subject or "邮件 · Message", content, _FRAME)

    def _html(self, _request: Request, words: dict[str, str]) -> Reply:
        message = self._folder.read(words["id"])
        html = message.html
        for part in message.attachments:
            if part.content_id:
                address = f"/messages/{message.summary.id}/parts/{part.number}"
                html = html.replace(f"cid:{part.content_id}", address)
        body = f'<!doctype html><meta charset="utf-8"><base target="_blank">{html}'.encode()
        return Reply(200, body, page_headers(_HTML_POLICY))

    def _part(self, _request: Request, words: dict[str, str]) -> Reply:
        message = self._folder.read(words["id"])
        for part in message.attachments:
            if str(part.number) == words["number"]:
                headers = {
                    "Content-Type": part.content_type,
                    "Content-Disposition": f"attachment; filename*=UTF-8''{quote(part.name)}",
                    "Content-Security-Policy": "default-src 'none'; sandbox",
                    "X-Content-Type-Options": "nosniff",
                }
                return Reply(200, part.content, headers)
        raise LookupError(words["number"])


def _found(handler: Handler) -> Handler:
    """Turn the handler's LookupError into a page that says so."""

    def handle(request: Request, words: dict[str, str]) -> Reply | None:
        try:
            return handler(request, words)
        except LookupError:
            content = '<h1>没有这封邮件 · No such message</h1><p><a href="/">收件箱 · Inbox</a></p>'
            return page("没有这封邮件 · No such message", content, _FRAME, status=404)

    return handle


def _attachment_list(message: Message) -> str:
    lines = "".join(
        f'<li><a href="/messages/{message.summary.id}/parts/{part.number}">{escape(part.name)}</a>'
        f' <span class="muted small num">{len(part.content) / 1000:,.1f} kB</span></li>'
        for part in message.attachments
    )
    return f'<h2>附件 · Attachments</h2><ul class="list">{lines}</ul>' if lines else ""


def _with_links(text: str) -> str:
    """Escape a text, and turn its URLs into links."""
    parts, end = [], 0
    for found in _LINK.finditer(text):
        url = escape(found.group())
        parts.append(escape(text[end : found.start()]))
        parts.append(f'<a href="{url}" target="_blank" rel="noopener">{url}</a>')
        end = found.end()
    return "".join(parts) + escape(text[end:])


def _as_json(message: Message) -> dict[str, object]:
    one = message.summary
    return {
        "id": one.id,
        "received_at": utc_time(one.received_at),
        "from": one.sender,
        "to": one.recipients,
        "subject": one.subject,
        "text": message.text,
        "html": message.html,
        "attachments": [part.name for part in message.attachments],
    }


def _when(one: Summary) -> str:
    return utc_time(one.received_at)[:19].replace("T", " ") + " UTC"


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
