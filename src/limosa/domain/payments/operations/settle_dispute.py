from limosa.domain.payments.models import Dispute


def settle_dispute(*, dispute: Dispute, settled_minor: int, reversed_minor: int = 0) -> None:
    """Record what the lost money of a dispute stood for, in the payment's currency.

    `settled_minor`: settled refunds that were owed. `reversed_minor`: reversed the sale. The rest
    is a loss. The caller holds the payment and the dispute, and posts the entries.
    Raises: IntegrityError if the parts exceed the amount lost; nothing changed.
    """
    dispute.settled_minor += settled_minor
    dispute.reversed_minor += reversed_minor
    dispute.save(update_fields=["settled_minor", "reversed_minor"])
