"""What must be true of renewals at rest: R7 and R9."""

from limosa_lab.simulation.broken import check
from limosa_lab.simulation.renewals.watching import RenewalInvariants


def check_at_rest(watch: RenewalInvariants) -> None:
    """R7: who was told that a renewal is undone has all of the money back. R9: each renewal that
    was charged has its receipt."""
    watch.read()
    for number in sorted(watch.record.undone):
        order = watch.orders[number]
        check(order.state == "refunded", "R7", f"{number} was undone, and it is {order.state}")
    receipts = {letter.receipt_for for letter in watch.record.letters}
    for number in sorted(watch.paid):
        check(number in receipts, "R9", f"nobody was told that {number} was charged")
