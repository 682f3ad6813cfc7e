"""The lines of an order's trace in words. A trace is JSON, possibly stored in a case."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from limosa.foundation.money import Money
from limosa.web.console.call_words import call_text, outcome_text
from limosa.web.console.callbacks import callback_result
from limosa.web.console.settlement_words import LINE_KINDS
from limosa.web.console.standings import PAYMENT_STATES
from limosa.web.console.supply_words import SUPPLY_PROBLEMS
from limosa.web.console.words import (
    DISPUTE_STATES,
    ENTRIES,
    MAIL_STATES,
    MESSAGES,
    PLACED,
    PROBLEMS,
    REASONS,
    REFUND_STATES,
    RESULTS,
    SUPPLY_STATES,
    word,
)
from limosa.web.wording import formatting
from limosa.web.wording.words import CHANNELS


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One line. `numbers`: ids for copying; `legs`: (account, amount) of a journal entry."""

    at: datetime
    title: str
    detail: str = ""
    numbers: str = ""
    tone: str = ""
    legs: tuple[tuple[str, Money], ...] = ()


_Fields = Mapping[str, Any]
_STEPS: dict[str, tuple[Promise, str]] = {
    "paid": (_("Paid"), "good"),
    "credited": (_("Credited"), "good"),
    "closed": (_("Order closed"), "warn"),
    "begun": (_("Wallet top-up begun"), ""),
    "ended": (_("Wallet top-up closed"), "warn"),
}


def trace_lines(trace: Iterable[_Fields]) -> list[TraceLine]:
    """Return the lines in words; a line of unknown kind keeps its code."""
    return [_line(fields) for fields in trace]


def _line(fields: _Fields) -> TraceLine:
    at, what = datetime.fromisoformat(fields["at"]), fields["what"]
    if what in _WORDED:
        return _WORDED[what](at, fields)
    title, tone = _STEPS.get(what, (what, ""))
    return TraceLine(at, str(title), tone=tone)


def _amount(fields: _Fields, key: str = "amount_minor") -> str:
    return formatting.money(Money(fields[key], fields["currency"]))


def _money(fields: _Fields, side: str) -> str:
    return formatting.money(Money(fields[f"{side}_minor"], fields[f"{side}_currency"]))


def _quoted(at: datetime, fields: _Fields) -> TraceLine:
    return TraceLine(at, gettext("Quoted"), _amount(fields, "total_minor"), fields["plan"])


def _placed(at: datetime, fields: _Fields) -> TraceLine:
    how = PLACED.get(fields.get("by", ""), "")
    return TraceLine(at, gettext("Order placed"), str(how))


def _payment(at: datetime, fields: _Fields) -> TraceLine:
    parts = [
        word(CHANNELS, fields["provider"]),
        _amount(fields),
        word(PAYMENT_STATES, fields["state"]),
    ]
    if fields["problem"]:
        parts.append(word(PROBLEMS, fields["problem"]))
    tone = "fault" if fields["problem"] else ""
    return TraceLine(at, gettext("Payment started"), " · ".join(parts), fields["number"], tone)


def _call(at: datetime, fields: _Fields) -> TraceLine:
    title = gettext("Provider called: %(call)s") % {"call": call_text(fields["call"])}
    failed = str(fields["outcome"]).startswith("error")
    detail = f"{outcome_text(fields['outcome'])} · {fields['duration_ms']} ms"
    return TraceLine(at, title, detail, tone="fault" if failed else "")


def _supply(at: datetime, fields: _Fields) -> TraceLine:
    problem = word(SUPPLY_PROBLEMS, fields["problem"])
    parts = [fields["supplier"], word(SUPPLY_STATES, fields["state"]), problem]
    tone = "fault" if fields["state"] == "unclear" else ""
    if fields["application"]:
        parts.append(gettext("refund application %(number)s") % {"number": fields["application"]})
    detail = " · ".join(filter(None, parts))
    return TraceLine(
        at, gettext("Queued for ordering at the supplier"), detail, fields["reference"], tone
    )


def _supplier_call(at: datetime, fields: _Fields) -> TraceLine:
    title = gettext("Supplier called: %(call)s") % {"call": call_text(fields["call"])}
    failed = str(fields["outcome"]).startswith(("error", "refused"))
    detail = f"{outcome_text(fields['outcome'])} · {fields['duration_ms']} ms"
    return TraceLine(at, title, detail, tone="fault" if failed else "")


def _supplier_message(at: datetime, fields: _Fields) -> TraceLine:
    result = callback_result(fields["result"])
    return TraceLine(at, gettext("Notification from supplier"), result, fields["message_id"])


def _notification(at: datetime, fields: _Fields) -> TraceLine:
    detail = word(RESULTS, fields["result"])
    if "theirs_minor" in fields:
        detail = gettext("%(result)s · they say %(theirs)s, we requested %(ours)s") % {
            "result": detail,
            "theirs": _money(fields, "theirs"),
            "ours": _money(fields, "ours"),
        }
    return TraceLine(at, gettext("Notification from provider"), detail, fields["message_id"])


def _refund(at: datetime, fields: _Fields) -> TraceLine:
    parts = [word(REFUND_STATES, fields["state"]), word(REASONS, fields["reason"])]
    tone = "fault" if fields["state"] == "failed" else "warn"
    return TraceLine(at, gettext("Refund requested"), " · ".join(parts), fields["number"], tone)


def _refund_finished(at: datetime, fields: _Fields) -> TraceLine:
    tone = "fault" if fields["state"] == "failed" else "good"
    state = word(REFUND_STATES, fields["state"])
    return TraceLine(at, gettext("Refund completed"), state, fields["number"], tone)


def _dispute(at: datetime, fields: _Fields) -> TraceLine:
    title = gettext("Payment disputed by the payer")
    return TraceLine(at, title, _amount(fields), fields["reference"], "fault")


def _dispute_closed(at: datetime, fields: _Fields) -> TraceLine:
    tone = "good" if fields["state"] == "won" else "warn"
    state = word(DISPUTE_STATES, fields["state"])
    return TraceLine(at, gettext("Dispute decided"), state, fields["reference"], tone)


def _settled(at: datetime, fields: _Fields) -> TraceLine:
    parts = [word(LINE_KINDS, fields["kind"]), _amount(fields)]
    if fields["fee_minor"]:
        fee = formatting.money(Money(fields["fee_minor"], fields["currency"]))
        parts.append(gettext("fee %(amount)s") % {"amount": fee})
    title = gettext("In the settlement of %(day)s") % {
        "day": formatting.day(date.fromisoformat(fields["day"]), now=timezone.now())
    }
    return TraceLine(at, title, " · ".join(parts), fields["reference"])


def _mailed(at: datetime, fields: _Fields) -> TraceLine:
    return TraceLine(at, gettext("Email sent"), word(MESSAGES, fields["kind"]))


def _journal(at: datetime, fields: _Fields) -> TraceLine:
    legs = tuple(
        (code, Money(amount_minor, code.rpartition(":")[2]))
        for code, amount_minor in fields["postings"].items()
    )
    return TraceLine(at, gettext("Booked"), word(ENTRIES, fields["kind"]), legs=legs)


def _message(at: datetime, fields: _Fields) -> TraceLine:
    parts = [word(MESSAGES, fields["kind"])]
    if mail := fields.get("mail", ""):  # Old stored traces have jobs instead.
        parts.append(word(MAIL_STATES, mail))
    if attempts := fields.get("mail_attempts", 0):
        parts.append(
            ngettext("%(attempts)s attempt", "%(attempts)s attempts", attempts)
            % {"attempts": attempts}
        )
    tone = "fault" if mail == "given_up" else ""
    return TraceLine(at, gettext("Message sent"), " · ".join(parts), tone=tone)


_WORDED: dict[str, Callable[[datetime, _Fields], TraceLine]] = {
    "placed": _placed,
    "quoted": _quoted,
    "payment": _payment,
    "call": _call,
    "supply": _supply,
    "supplier_call": _supplier_call,
    "supplier_message": _supplier_message,
    "notification": _notification,
    "refund": _refund,
    "refund_finished": _refund_finished,
    "dispute": _dispute,
    "dispute_closed": _dispute_closed,
    "settled": _settled,
    "mailed": _mailed,
    "journal": _journal,
    "message": _message,
}
