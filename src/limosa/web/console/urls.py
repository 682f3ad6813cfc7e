"""The console's URLs, below /console/."""

from django.urls import path, register_converter

from limosa.web.console.day_in_path import DayConverter
from limosa.web.console.views import (
    cases,
    channels,
    exports,
    findings,
    flow,
    lists,
    money,
    orders,
    people,
    plans,
    record,
    settlements,
    staff,
    supplies,
    today,
)

register_converter(DayConverter, "day")

app_name = "console"
urlpatterns = [
    path("", today.today, name="today"),
    path("suppliers/<slug:code>/pause/", today.pause, name="pause"),
    path("find/", people.find, name="find"),
    path("people/", people.people, name="people"),
    path("people/<int:person_id>/", people.person, name="person"),
    path("payments/", lists.payments, name="payments"),
    path("payments/<str:number>/", orders.payment, name="payment"),
    path("payments/<str:number>/ask/", orders.ask, name="ask"),
    path("payments/<str:number>/clear/", orders.clear, name="clear"),
    path("orders/<str:number>/", orders.order, name="order"),
    path("orders/<str:number>/refund/", orders.refund, name="refund"),
    path("orders/<str:number>/supply/", supplies.settle, name="settle_supply"),
    path("refunds/<str:number>/wallet/", orders.refund_to_wallet, name="refund_to_wallet"),
    path("refunds/<int:proposal_id>/sign/", orders.sign, name="sign_refund"),
    path("refunds/<int:proposal_id>/turn-down/", orders.turn_down, name="turn_down_refund"),
    path("plans/", plans.plans, name="plans"),
    path("plans/<slug:code>/sale/", plans.sale, name="sale"),
    path("money/", money.money, name="money"),
    path("money/accounts/<str:code>/", money.account, name="account"),
    path("money/flow/", flow.flow, name="flow"),
    path("money/rates/", flow.rates, name="rates"),
    path("money/disputes/", flow.disputes, name="disputes"),
    path("money/export/", exports.export, name="export"),
    path("money/findings/", findings.findings, name="findings"),
    path("money/findings/<int:pk>/", findings.finding, name="finding"),
    path("money/settlements/", settlements.settlements, name="settlements"),
    path("money/settlements/compare/", settlements.compare, name="compare"),
    path(
        "money/settlements/<slug:provider>/<day:day>/",
        settlements.settlement,
        name="settlement",
    ),
    path("money/differences/<int:pk>/", settlements.difference, name="difference"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<str:number>/", cases.case, name="case"),
    path("channels/", channels.channels, name="channels"),
    path("channels/<slug:code>/", channels.channel, name="channel"),
    path("record/", record.record, name="record"),
    path("staff/", staff.staff_list, name="staff"),
    path("staff/add/", staff.add, name="add_staff"),
    path("staff/<int:person_id>/", staff.change, name="change_staff"),
    path("staff/<int:person_id>/remove/", staff.remove, name="remove_staff"),
]
