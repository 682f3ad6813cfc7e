"""How much of a sale is reversed when part of its money goes back."""

from dataclasses import dataclass

from limosa.foundation.money import share


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """What an order brought in, and what of it was reversed before.

    `total_minor`, `tax_minor`, `recognized_minor`, `reversed_…`: in the order's currency.
    `received_minor`, `returned_minor`: in the channel's; `returned_minor` has gone back.
    `moved_net_minor`: what changes of plan moved to the order, or, below zero, away from it.
    """

    total_minor: int
    tax_minor: int
    recognized_minor: int
    reversed_minor: int
    reversed_tax_minor: int
    received_minor: int
    returned_minor: int
    moved_net_minor: int = 0

    @property
    def open_net_minor(self) -> int:
        """The part that is still sold, without tax."""
        sold_minor = self.total_minor - self.tax_minor + self.moved_net_minor
        return sold_minor - (self.reversed_minor - self.reversed_tax_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """What one return reverses, in the order's currency; `recognized_minor`: revenue to reverse."""

    total_minor: int
    tax_minor: int
    recognized_minor: int


def reverse(sale: Sale, *, part_minor: int) -> Reversal:
    """Return what is reversed when `part_minor` of the received money goes back.

    The total is reversed in proportion to the money, and the tax in proportion to the total, each
    rounded down cumulatively over all returns. The net is the difference: it takes the remainders,
    and the last return takes what is left. If the money is in the order's own currency, exactly as
    much of the sale is reversed as goes back, to the minor unit.
    """
    returned_minor = sale.returned_minor + part_minor
    total_so_far = share(sale.total_minor, part=returned_minor, whole=sale.received_minor)
    tax_so_far = share(sale.tax_minor, part=total_so_far, whole=sale.total_minor)
    total_minor = total_so_far - sale.reversed_minor
    tax_minor = tax_so_far - sale.reversed_tax_minor
    # Parts split by an earlier rule may have returned one unit of tax more than this rule would.
    tax_minor = min(max(tax_minor, 0), total_minor)
    net_minor = total_minor - tax_minor
    return Reversal(
        total_minor=total_minor,
        tax_minor=tax_minor,
        recognized_minor=share(sale.recognized_minor, part=net_minor, whole=sale.open_net_minor)
        if net_minor
        else 0,
    )


def part_worth(sale: Sale, *, worth_minor: int) -> int:
    """Return how much of the received money has to go back to reverse `worth_minor`; or, where no
    whole amount is worth just that, as near below it as can be."""
    if not sale.total_minor:
        return 0
    received_minor, total_minor = sale.received_minor, sale.total_minor
    reversed_minor = min(sale.reversed_minor + worth_minor, total_minor)
    returned_minor = -(-received_minor * reversed_minor // total_minor)  # Rounded up.
    if share(total_minor, part=returned_minor, whole=received_minor) > reversed_minor:
        returned_minor -= 1
    return max(returned_minor - sale.returned_minor, 0)
