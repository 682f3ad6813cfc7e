"""The text of a message in the active language: a title, a body, and the mail around them.

Each kind has one plain-text template, `<kind>.txt`, divided into blocks: `subject`, `body` and
`action`, the label of the button; also `figure` and its `caption`, if one number is what matters.
The list in the product shows title and body. A mail puts the same parts into mail.txt and, escaped,
into mail.html.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.template import Context, engines
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext

from limosa.domain.notifications.formats import moment_text, money_text, volume_text
from limosa.domain.notifications.kinds import KINDS
from limosa.domain.notifications.models import Notification
from limosa.foundation.money import Money
from limosa.foundation.period import last_moment


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail's subject and its two forms."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailParts:
    """The parts of a mail, in plain text.

    `why`: the reason its reader gets it. `action`, `link`: the button's label and URL. `figure`,
    `caption`: the one number that matters, in the HTML only. `code`: a code, set apart in both
    forms. `not_me`: the URL of "this was not me".
    """

    title: str
    body: str
    why: str
    action: str = ""
    link: str = ""
    figure: str = ""
    caption: str = ""
    code: str = ""
    not_me: str = ""


_HAN = re.compile("[\u4e00-\u9fff]")
_AFTER_WIDE_MARK = re.compile("([。！？]) ")


def texts_for(notification: Notification) -> tuple[str, str]:
    """Return (title, body) for the list in the product; plain text, to be escaped."""
    values = _values(notification)
    return _title(notification, values), _body(notification, values)


def mail_for(notification: Notification, *, link: str, not_me: str = "") -> Mail:
    """Return the mail. `link`: the absolute URL of its button. `not_me`: the absolute URL of "this
    was not me", which only some kinds contain.
    """
    values = _values(notification)
    kind = KINDS[notification.kind]
    return lay_out(
        MailParts(
            title=_title(notification, values),
            body=_body(notification, values),
            why=str(kind.why),
            action=_part("action", notification, values),
            link=link,
            figure=_part("figure", notification, values),
            caption=_part("caption", notification, values),
            not_me=not_me if kind.has_not_me else "",
        )
    )


def lay_out(parts: MailParts) -> Mail:
    """Return the mail in the active language; the parts are escaped in the HTML."""
    values = asdict(parts) | {"language": translation.get_language()}
    return Mail(
        subject=parts.title,
        text=render_text("notifications/mail.txt", values),
        html=render_to_string("notifications/mail.html", values),
    )


def render_text(name: str, values: Mapping[str, Any]) -> str:
    """Render a template without escaping anything: not for HTML."""
    engine = engines["django"].engine  # type: ignore[attr-defined]  # not in the stubs
    return str(engine.get_template(name).render(Context(dict(values), autoescape=False)))


def one_line(text: str) -> str:
    """Return the text as one line: a line break in a label must not start another header."""
    return " ".join(text.split())


def _title(notification: Notification, values: dict[str, Any]) -> str:
    return _begun(one_line(_part("subject", notification, values)), notification)


def _body(notification: Notification, values: dict[str, Any]) -> str:
    return _begun(_part("body", notification, values), notification)


def _part(name: str, notification: Notification, values: dict[str, Any]) -> str:
    template = f"notifications/{notification.kind}.txt"
    text = render_text(template, values | {"part": name}).strip()
    # A wide mark brings its own space.
    text = _AFTER_WIDE_MARK.sub(r"\1", text)
    return _closed_up(text, values.get("esim", ""))


def _closed_up(text: str, name: str) -> str:
    """Return a text without a space between a Chinese character and a name that begins or ends with
    one: translations have it for names in Latin letters."""
    if not name:
        return text
    if _HAN.match(name[0]):
        text = re.sub(rf"({_HAN.pattern}) (?={re.escape(name)})", r"\1", text)
    if _HAN.match(name[-1]):
        text = re.sub(rf"({re.escape(name)}) (?={_HAN.pattern})", r"\1", text)
    return text


def _begun(text: str, notification: Notification) -> str:
    """Capitalize the first letter, unless the text contains a person's own label, such as iPad."""
    return text if notification.parameters.get("esim_label") else capfirst(text)


def _values(notification: Notification) -> dict[str, Any]:
    """Return the parameters, with numbers and times formatted for people."""
    given = notification.parameters
    values: dict[str, Any] = dict(given)
    if "esim_label" in given:
        values["esim"] = given["esim_label"] or _esim_without_label(given.get("iccid_tail"))
    for name in ("remaining", "reserve"):
        if f"{name}_bytes" in given:
            values[name] = volume_text(given[f"{name}_bytes"])
    if "amount_minor" in given:
        values["amount"] = money_text(Money(given["amount_minor"], given["currency"]))
    if given.get("bonus_minor"):
        values["bonus"] = money_text(Money(given["bonus_minor"], given["currency"]))
    if "plan_name" in given:
        names = given["plan_name"]
        values["plan"] = names.get(translation.get_language()) or names["en"]
    return values | _times(given)


def _times(given: Mapping[str, Any]) -> dict[str, str]:
    values = {}
    if given.get("ends_at"):
        last = last_moment(datetime.fromisoformat(given["ends_at"]))
        values["ends"] = moment_text(last, time_zone=given["time_zone"])
    for name, shown in (
        ("as_of", "counted"),
        ("until", "until_text"),
        ("charged_at", "charged"),
    ):
        if name in given:
            moment = datetime.fromisoformat(given[name])
            values[shown] = moment_text(moment, time_zone=given["time_zone"])
    return values


def _esim_without_label(iccid_tail: str | None) -> str:
    if iccid_tail:
        return gettext("the eSIM ending in %(tail)s") % {"tail": iccid_tail}
    return gettext("your eSIM")
