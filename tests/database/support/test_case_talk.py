"""A case is answered once, replied to once, closed once; each is told to those who wait for it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction

from limosa.domain.notifications.models import Notification
from limosa.domain.notifications.operations.send_due_mail import send_due_mail
from limosa.domain.support.models import AuditEntry, Case, CaseState
from limosa.domain.support.operations import open_case as open_case_module
from limosa.domain.support.operations.answer_case import answer_case
from limosa.domain.support.operations.close_case import close_case
from limosa.domain.support.operations.open_case import open_case
from limosa.domain.support.operations.reply_to_case import reply_to_case
from limosa.domain.support.refusals import CaseFullError, CaseNotWaitingError
from tests.factories import MOMENT
from tests.factories.accounts import make_operator, make_subscriber
from tests.factories.ordering import make_order
from tests.factories.support import make_case

pytestmark = pytest.mark.django_db
LATER = MOMENT + timedelta(hours=1)


def told(person_id: int) -> list[str]:
    rows = Notification.objects.filter(subscriber_id=person_id).order_by("id")
    return [row.kind for row in rows]


def test_the_staff_is_told_of_a_new_case_and_of_the_reply_each_once() -> None:
    staff = [make_operator(), make_operator()]
    gone, viewer = make_operator(is_active=False), make_operator(staff_role="viewer")
    order = make_order()
    case = open_case(order=order, message="Where is it?", now=LATER)
    for message in ("Where is it?", "Still nothing."):
        open_case(order=order, message=message, now=LATER)
    answer_case(case_number=case.number, answer="On its way.", actor=staff[0], now=LATER)
    reply_to_case(case=case, reply="Thank you.", now=LATER)
    assert [told(person.pk) for person in staff] == [["case_news", "case_news"]] * 2
    assert told(gone.pk) == told(viewer.pk) == []


def test_an_answer_is_given_once_and_mailed_as_it_is_written() -> None:
    case, operator = make_case(subscriber=make_subscriber(email="li@example.com")), make_operator()
    answer: Callable[[str], bool] = lambda text: answer_case(  # noqa: E731
        case_number=case.number, answer=text, actor=operator, now=LATER
    )
    assert [answer(" Use <b>it</b>.\n\nLi & co. "), answer("Use it."), answer("Again")] == [
        True,
        False,
        False,
    ]
    case.refresh_from_db()
    assert (case.state, case.answer, case.answered_by) == (
        CaseState.ANSWERED,
        "Use <b>it</b>.\n\nLi & co.",
        operator,
    )
    assert AuditEntry.objects.filter(action="answer_case", subject=case.number).count() == 1
    with mail.get_connection() as outbox:
        assert send_due_mail(outbox=outbox, now=LATER)
    (sent,) = mail.outbox
    assert sent.to == ["li@example.com"]
    assert "Use <b>it</b>.\n\nLi & co." in str(sent.body)
    assert isinstance(sent, EmailMultiAlternatives)
    html = str(sent.alternatives[0][0])
    assert "Use &lt;b&gt;it&lt;/b&gt;.<br><br>Li &amp; co." in html


def test_the_frame_of_the_answer_is_in_the_persons_language() -> None:
    case = make_case(subscriber=make_subscriber(language="zh-hans"))
    answer_case(case_number=case.number, answer="Done.", actor=make_operator(), now=LATER)
    with mail.get_connection() as outbox:
        send_due_mail(outbox=outbox, now=LATER)
    assert "Done." in str(mail.outbox[0].body)
    assert "查看工单" in str(mail.outbox[0].body)


def test_a_person_replies_once() -> None:
    case = make_case()
    with pytest.raises(CaseNotWaitingError):
        reply_to_case(case=case, reply="Hello?", now=LATER)
    answer_case(case_number=case.number, answer="Hi.", actor=make_operator(), now=LATER)
    for _ in range(2):
        assert reply_to_case(case=case, reply=" It works. ", now=LATER).reply == "It works."
    with pytest.raises(CaseNotWaitingError):
        reply_to_case(case=case, reply="And another thing", now=LATER)
    case.refresh_from_db()
    assert (case.state, case.reply) == (CaseState.REPLIED, "It works.")


def test_what_is_written_on_the_orders_page_after_the_answer_is_the_reply() -> None:
    order, operator = make_order(), make_operator()
    case = open_case(order=order, message="Help", now=MOMENT)
    answer_case(case_number=case.number, answer="Hi.", actor=operator, now=LATER)
    for message in ("Hi.", "More", "More", "Much more"):
        open_case(order=order, message=message, now=LATER)
    case.refresh_from_db()
    assert (case.message, case.reply) == ("Help", "Hi.\n\nMore\n\nMuch more")
    assert told(operator.pk) == ["case_news", "case_news"]


def test_closing_tells_the_person_once_and_ends_the_talk() -> None:
    case, operator = make_case(), make_operator()
    close: Callable[[], bool] = lambda: close_case(  # noqa: E731
        case_number=case.number, detail="Refunded.", closing="Bye.", actor=operator, now=LATER
    )
    assert (close(), close()) == (True, False)
    assert told(case.subscriber_id) == ["case_closed"]
    assert Notification.objects.get().parameters["words"] == "Bye."
    assert not answer_case(case_number=case.number, answer="Hi.", actor=operator, now=LATER)
    with pytest.raises(CaseNotWaitingError):
        reply_to_case(case=case, reply="No!", now=LATER)


def test_a_case_holds_only_so_much() -> None:
    order = make_order()
    half = "a" * (open_case_module.TEXT_LENGTH_MAX // 2)
    open_case(order=order, message=half, now=LATER)
    with pytest.raises(CaseFullError):
        open_case(order=order, message=f"b{half}", now=LATER)
    assert Case.objects.get().message == half


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"answer": "Hi."}, "case_answer_has_its_time"),
        ({"answered_at": LATER}, "case_answer_has_its_time"),
        ({"reply": "Hi.", "replied_at": LATER}, "case_reply_follows_an_answer"),
    ],
)
def test_the_database_refuses_half_an_answer(fields: dict[str, object], name: str) -> None:
    case = make_case()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**fields)
