"""The merchant's calls: /v1/checkout/sessions, /v1/payment_intents, /v1/refunds, …."""

from limosa.simulators.loopback_http import Routes
from limosa.simulators.payment_gateway.stripe import checkout, intents, objects
from limosa.simulators.payment_gateway.stripe.api import Api, Call, Operation
from limosa.simulators.payment_gateway.stripe.checkout import SESSION, Sessions
from limosa.simulators.payment_gateway.stripe.intents import Intents
from limosa.simulators.payment_gateway.stripe.objects import Body, Kept, Page, new_id
from limosa.simulators.payment_gateway.stripe.refunds import Refunds
from limosa.simulators.payment_gateway.stripe.refusals import absent, parameter

LIMIT_MAX = 100
END_OF_TIME = 2**40


class MerchantApi:
    """The operations, by their effect on the objects."""

    def __init__(self, sessions: Sessions, intents_: Intents, refunds: Refunds) -> None:
        self._sessions, self._intents, self._refunds = sessions, intents_, refunds

    def add_to(self, routes: Routes, api: Api) -> None:
        for verb, path, name, operation in (
            ("POST", "/v1/customers", "customer", self._new_customer),
            ("POST", "/v1/checkout/sessions", "create", self._new_session),
            ("POST", "/v1/checkout/sessions/{id}/expire", "close", self._expire),
            ("POST", "/v1/payment_intents", "create", self._new_intent),
            ("POST", "/v1/payment_intents/{id}/confirm", "capture", self._confirm),
            ("POST", "/v1/payment_intents/{id}/cancel", "close", self._cancel),
            ("POST", "/v1/payment_methods/{id}/detach", "forget", self._detach),
            ("POST", "/v1/refunds", "refund", self._refund),
        ):
            api.add(routes, verb, path, name, operation)
        for path, name, kind in (
            ("customers", "query", "customer"),
            ("checkout/sessions", "query", SESSION),
            ("payment_intents", "query", "payment_intent"),
            ("payment_methods", "query", "payment_method"),
            ("charges", "query", "charge"),
            ("refunds", "query_refund", "refund"),
            ("disputes", "query_dispute", "dispute"),
            ("balance_transactions", "settlement", "balance_transaction"),
        ):
            api.add(routes, "GET", f"/v1/{path}/{{id}}", name, _retriever(kind))
            api.add(routes, "GET", f"/v1/{path}", name, _lister(kind, f"/v1/{path}"))

    def _new_customer(self, call: Call) -> Body:
        customer: Body = {
            "id": new_id("cus", 14),
            "object": "customer",
            "created": int(call.now),
            "email": call.params.get("email"),
            "livemode": False,
            "metadata": call.params.get("metadata") or {},
            "name": call.params.get("name"),
        }
        return objects.add(call.db, customer, Kept(), now=call.now)

    def _new_session(self, call: Call) -> Body:
        wanted = checkout.wanted_of(call.params)
        return self._sessions.create(call.db, wanted, now=call.now)

    def _expire(self, call: Call) -> Body:
        session = objects.get(call.db, SESSION, call.words["id"])
        return self._sessions.expire(call.db, session, now=call.now)

    def _new_intent(self, call: Call) -> Body:
        params = call.params
        if params.get("confirm") == "true":
            raise parameter("confirm", "Confirm by a call of its own.", "parameter_unknown")
        members = {**params, "amount": checkout.whole(params, "amount")}
        method = params.get("payment_method")
        if method:
            card = objects.get(call.db, "payment_method", method)
            if card["customer"] != params.get("customer"):
                raise parameter(
                    "payment_method",
                    "The PaymentMethod does not belong to the Customer.",
                    "payment_method_customer_decline",
                )
        return intents.new_intent(call.db, members, now=call.now)

    def _confirm(self, call: Call) -> Body:
        off_session = call.params.get("off_session") == "true"
        return self._intents.confirm(
            call.db, call.words["id"], off_session=off_session, now=call.now
        )

    def _cancel(self, call: Call) -> Body:
        return self._intents.cancel(call.db, call.words["id"], now=call.now)

    def _detach(self, call: Call) -> Body:
        method = objects.get(call.db, "payment_method", call.words["id"])
        if method["customer"] is None:
            raise parameter(
                "payment_method",
                "The payment method you provided is not attached to a customer so detachment is"
                " impossible.",
                "payment_method_unexpected_state",
            )
        method["customer"] = None
        objects.save(call.db, method)
        return method

    def _refund(self, call: Call) -> Body:
        params = call.params
        if not params.get("payment_intent"):
            raise absent("payment_intent")
        wanted = dict(params)
        if "amount" in params:
            wanted["amount"] = checkout.whole(params, "amount")
        return self._refunds.request(call.db, wanted, now=call.now)


def _retriever(kind: str) -> Operation:
    def retrieve(call: Call) -> Body:
        return objects.get(call.db, kind, call.words["id"])

    return retrieve


def _lister(kind: str, url: str) -> Operation:
    def lines(call: Call) -> Body:
        params = call.params
        limit = checkout.whole(params, "limit") if "limit" in params else 10
        if not 1 <= limit <= LIMIT_MAX:
            raise parameter("limit", "Limit must be 1 to 100.", "parameter_invalid_integer")
        created = params.get("created") or {}
        wanted = Page(
            parent=params.get("payment_intent"),
            since=checkout.whole(created, "gte") if "gte" in created else 0,
            until=checkout.whole(created, "lt") if "lt" in created else END_OF_TIME,
            after=params.get("starting_after"),
            count=limit + 1,
        )
        found = objects.page(call.db, kind, wanted)
        return {
            "object": "list",
            "data": [objects.shown(one) for one in found[:limit]],
            "has_more": len(found) > limit,
            "url": url,
        }

    return lines
