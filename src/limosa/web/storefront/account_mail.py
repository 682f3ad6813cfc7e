"""Mail about accounts: codes, links and notices, in the person's language, queued for the worker.

Each has two templates below account/email/: `<name>_subject.txt`, and `<name>_message.txt`, whose
blocks `body`, `action` and `why` fill both the plain text and the HTML.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from limosa.domain.accounts.models import Subscriber
from limosa.domain.notifications.operations.write_account_mail import write_account_mail
from limosa.domain.notifications.wording import Mail, MailParts, lay_out, one_line, render_text

_CODE_FOR = timedelta(seconds=settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT)
_LINK_FOR = timedelta(days=1)


def leave_mail(name: str, *, recipient: str, context: Mapping[str, Any], now: datetime) -> None:
    """Store a mail for the worker to send. `name`: of its templates.

    `context` may contain `user`, whose language is used; `code`; `not_me`, a link; and the link for
    its button: `password_reset_url` or `signup_url`, by default to set a new password.
    """
    person = context.get("user")
    language = person.language if isinstance(person, Subscriber) else translation.get_language()
    with translation.override(language):
        mail = _mail(name, context)
    write_account_mail(
        recipient=recipient,
        mail=mail,
        useful_for=_CODE_FOR if "code" in context else _LINK_FOR,
        now=now,
    )


def _mail(name: str, context: Mapping[str, Any]) -> Mail:
    anew = f"{settings.BASE_URL}{reverse('account_reset_password')}"
    link = context.get("password_reset_url") or context.get("signup_url") or anew
    body, action, why = (
        render_text(f"{name}_message.txt", {**context, "part": part}).strip()
        for part in ("body", "action", "why")
    )
    return lay_out(
        MailParts(
            title=one_line(render_text(f"{name}_subject.txt", context)),
            body=body,
            why=why,
            action=action,
            link="" if {"code", "not_me"} & context.keys() else link,
            code=context.get("code", ""),
            not_me=context.get("not_me", ""),
        )
    )
