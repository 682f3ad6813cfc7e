"""What people and workers do in a run about renewals; people tell the witness what they did."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from limosa.domain.accounts.models import Subscriber
from limosa.domain.autorenewal.links import read_link_token
from limosa.domain.autorenewal.models import AutoRenewal
from limosa.domain.autorenewal.operations.look_after_next import look_after_next
from limosa.domain.autorenewal.operations.skip_renewal import skip_renewal
from limosa.domain.autorenewal.operations.stop_auto_renewal import stop_auto_renewal
from limosa.domain.autorenewal.operations.switch_on import Agreed, switch_on
from limosa.domain.autorenewal.operations.undo_renewal import undo_renewal
from limosa.domain.autorenewal.operations.wake_for_new_bundles import wake_for_new_bundles
from limosa.domain.autorenewal.operations.wake_for_person import wake_for_person
from limosa.domain.autorenewal.queries import auto_renewal_of, by_public_id, undoable
from limosa.domain.autorenewal.refusals import AutoRenewalOffError, UndoOverError
from limosa.domain.esims.models import Bundle, Esim
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.notifications.operations.send_due_mail import send_due_mail
from limosa.domain.ordering.models import StartRule
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.payments.calling import call_directly
from limosa.domain.payments.models import SavedMethod
from limosa.domain.payments.operations.forget_saved_method import forget_saved_method
from limosa.domain.payments.requests import PaymentMethodChoice
from limosa.foundation.errors import DomainRefusal
from limosa.foundation.money import Money
from limosa_lab.simulation import actions
from limosa_lab.simulation.renewals.postbox import Outbox, Postbox
from limosa_lab.simulation.renewals.record import Agreement, Record
from limosa_lab.simulation.renewals.shop import REFERENCES
from limosa_lab.simulation.stage import pause
from limosa_lab.simulation.world import World

_AT_A_TIME = 20
WORDING = "Before the end we renew, for so much at most."


@dataclass(frozen=True, slots=True)
class Deeds:
    """What may be done, and where it is noted."""

    record: Record
    postbox: Postbox

    def agree(self, world: World, *, agreement: Agreement) -> str:
        """A person switches it on, or changes it."""
        person = agreement.person
        earlier = [one for one in self.record.of(person) if one.withdrawn_at is None]
        esim = _esim(person)
        agreement.at = world.now
        self.record.agreements.append(agreement)
        for one in earlier:
            one.is_withdrawal_begun = True
        switch_on(
            esim=esim,
            agreed=Agreed(
                plan_code=world.configuration.term,
                cap_minor=agreement.cap_minor,
                currency=agreement.currency,
                methods=[_method(person, name) for name in agreement.methods],
                wording=WORDING,
                language="en",
                until=agreement.until,
            ),
            now=world.now,
        )
        pause("answered: it is on")
        agreement.is_answered = True
        for one in earlier:
            one.withdrawn_at = world.now
        return "on"

    def stop(self, world: World, *, person: int, by_link: bool) -> str:
        """A person switches it off, on its page or by the link in a mail."""
        auto = self._auto(person, by_link=by_link)
        if auto is None:
            return "nothing is on"
        ended = [one for one in self.record.of(person) if one.withdrawn_at is None]
        for one in ended:
            one.is_withdrawal_begun = True
        try:
            stop_auto_renewal(auto_id=auto.pk, now=world.now, by_link=by_link)
        except AutoRenewalOffError:
            return "it is off"  # This one; another may have taken its place.
        pause("answered: it is off")
        for one in ended:
            one.withdrawn_at = world.now
        return "off"

    def skip(self, world: World, *, person: int, by_link: bool) -> str:
        """A person leaves the next renewal out."""
        auto = self._auto(person, by_link=by_link)
        agreements = self.record.of(person)
        if auto is None or not agreements:
            return "nothing is on"
        end, was_sure = _last_end(person), agreements[0].is_sure
        for one in agreements:
            one.may_be_skipped |= end
        skip_renewal(auto_id=auto.pk, now=world.now)
        pause("answered: it is left out")
        is_same = self.record.of(person) == agreements and end == _last_end(person)
        if was_sure and is_same and agreements[0].is_sure:  # Nothing was changed beside it.
            agreements[0].skipped |= end
        return f"left out: {[str(one) for one in end]}"

    def undo(self, world: World, *, person: int, by_link: bool) -> str:
        """A person takes the latest renewal back."""
        auto = self._auto(person, by_link=by_link)
        cycle = undoable(auto.esim, now=world.now) if auto else None
        if cycle is None:
            raise UndoOverError
        number = cycle.order_number
        self.record.may_be_undone.add(number)
        undo_renewal(cycle_id=cycle.pk, caller=call_directly, now=world.now)
        pause("answered: it is undone")
        self.record.undone.add(number)
        return f"{number} is undone"

    def renew(self, world: World, *, person: int, choice: PaymentMethodChoice, link: str) -> str:
        """A person renews by hand; with a link's digest, somebody else does."""
        quote = make_quote(
            subscriber=Subscriber.objects.get(pk=person),
            esim=_esim(person),
            plan_code=world.configuration.term,
            start_rule=StartRule.AFTER_CURRENT,
            now=world.now,
        )
        order = place_order(quote=quote, now=world.now, link=link)
        world.orders.append(order.number)
        pause("answered: the order's page")
        return actions.press(world, number=order.number, choice=choice)

    def forget(self, world: World, *, person: int, card: str) -> str:
        """A person removes a card, as the page of saved methods does it."""
        _, saved_id = _method(person, card)
        gone = forget_saved_method(subscriber_id=person, public_id=saved_id, now=world.now)
        wake_for_person(subscriber_id=person, now=world.now)
        return str(gone)

    def give(self, world: World, *, person: int, amount: Money) -> str:
        """The operator credits goodwill to somebody: that is how wallets are filled here."""
        world.gifts += 1
        key = f"gift:{world.gifts}"
        return str(credit_wallet(subscriber_id=person, amount=amount, key=key, now=world.now))

    def mail(self, world: World) -> str:
        """A worker hands mail to the mail server."""
        outbox, sent = Outbox(self.postbox), 0
        while sent < _AT_A_TIME and send_due_mail(outbox=outbox, now=world.now):
            sent += 1
        return str(sent)

    def _auto(self, person: int, *, by_link: bool) -> AutoRenewal | None:
        if not by_link:
            return auto_renewal_of(_esim(person))
        token = self.postbox.token_for(f"person{person}@example.com")
        return by_public_id(read_link_token(token)) if token else None


def look(world: World) -> str:
    """A worker looks after what is due."""
    looks = 0
    while looks < _AT_A_TIME and look_after_next(now=world.now):
        looks += 1
    return str(looks)


def wake(world: World) -> str:
    """A worker looks for new bundles."""
    return str(wake_for_new_bundles(now=world.now))


def round_of(world: World, *, act: Callable[[World], object]) -> str:
    """A worker's round. It must not refuse: nobody would notice, and the remaining work would
    wait."""
    try:
        return str(act(world))
    except DomainRefusal as refusal:
        raise RuntimeError(f"the round ended with {refusal!r}") from refusal


def _esim(person: int) -> Esim:
    return Esim.objects.select_related("subscriber").get(public_id=f"ESIM{person}")


def _method(person: int, name: str) -> tuple[str, str]:
    """Return a method as it is agreed to: provider, and public id."""
    if name == "wallet":
        return ("wallet", "")
    saved = SavedMethod.objects.get(reference=REFERENCES[person, name])
    return ("cards", saved.public_id)


def _last_end(person: int) -> set[datetime]:
    """Return when what a person has ends: one moment, or nothing."""
    rows = Bundle.objects.filter(subscriber_id=person, esim__public_id=f"ESIM{person}")
    ends = rows.exclude(state="refunded").order_by("-ends_at").values_list("ends_at", flat=True)
    return {end for end in ends[:1] if end is not None}
