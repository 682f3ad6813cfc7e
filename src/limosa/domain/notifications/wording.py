"""The words of a message, in the active language: a title, a body, and a mail around them.

Each kind has three templates. `<kind>.subject.txt` is the title. `<kind>.txt` fills the blocks
`body` and `action` of its layout, which is the bare body for the list in the product, and the
whole plain text for a mail. `<kind>.html` fills the figure and the button of the HTML mail.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template import Context, engines
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext

from limosa.domain.notifications.formats import moment_text, money_text, volume_text
from limosa.domain.notifications.kinds import NOT_ME_KINDS
from limosa.domain.notifications.models import Notification
from limosa.foundation.money import Money
from limosa.foundation.period import last_moment


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail's subject and its two forms."""

    subject: str
    text: str
    html: str


def texts_for(notification: Notification) -> tuple[str, str]:
    """Return (title, body) for the list in the product; plain text, to be escaped."""
    values = _values(notification)
    return _title(notification, values), _body(notification, values)


def mail_for(notification: Notification, *, link: str, not_me: str = "") -> Mail:
    """Return the mail; `link` is the absolute URL behind its button.

    `not_me`: the one that says "this was not me", in the mails that have it.
    """
    values = _values(notification) | {"link": link, "language": translation.get_language()}
    if notification.kind in NOT_ME_KINDS:
        values["not_me"] = not_me
    values["title"] = _title(notification, values)
    values["body"] = _body(notification, values)
    return Mail(
        subject=values["title"],
        text=_render(f"{notification.kind}.txt", values | {"layout": "notifications/mail.txt"}),
        html=_render(f"{notification.kind}.html", values, autoescape=True),
    )


def _title(notification: Notification, values: dict[str, Any]) -> str:
    # A subject has one line: a label with a line break must not begin another header.
    text = " ".join(_render(f"{notification.kind}.subject.txt", values).split())
    return _begun(text, notification)


def _body(notification: Notification, values: dict[str, Any]) -> str:
    layout = {"layout": "notifications/body.txt"}
    return _begun(_render(f"{notification.kind}.txt", values | layout).strip(), notification)


def _begun(text: str, notification: Notification) -> str:
    """Return the text with a capital to begin with; a person's own label stays: iPad."""
    return text if notification.parameters.get("esim_label") else capfirst(text)


def _values(notification: Notification) -> dict[str, Any]:
    """Return the parameters with what a person reads in place of bare numbers and times."""
    given = notification.parameters
    values: dict[str, Any] = dict(given)
    if "esim_label" in given:
        values["esim"] = given["esim_label"] or _esim_without_label(given.get("iccid_tail"))
    if "remaining_bytes" in given:
        values["remaining"] = volume_text(given["remaining_bytes"])
    if "amount_minor" in given:
        values["amount"] = money_text(Money(given["amount_minor"], given["currency"]))
    if "plan_name" in given:
        names = given["plan_name"]
        values["plan"] = names.get(translation.get_language()) or names["en"]
    if given.get("ends_at"):
        last = last_moment(datetime.fromisoformat(given["ends_at"]))
        values["ends"] = moment_text(last, time_zone=given["time_zone"])
    if "until" in given:
        until = datetime.fromisoformat(given["until"])
        values["until_text"] = moment_text(until, time_zone=given["time_zone"])
    return values


def _esim_without_label(iccid_tail: str | None) -> str:
    if iccid_tail:
        return gettext("the eSIM ending in %(tail)s") % {"tail": iccid_tail}
    return gettext("your eSIM")


def _render(name: str, values: dict[str, Any], *, autoescape: bool = False) -> str:
    engine = engines["django"].engine  # type: ignore[attr-defined]  # stubs know no engine here
    template = engine.get_template(f"notifications/{name}")
    return str(template.render(Context(values, autoescape=autoescape)))
