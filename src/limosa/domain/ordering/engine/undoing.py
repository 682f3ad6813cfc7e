"""How much of a sale is undone when a part of its money goes back."""

from dataclasses import dataclass

from limosa.foundation.money import share


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """What an order brought, and what of it was undone before.

    `total_minor`, `tax_minor`, `earned_minor`, `undone_…`: in the order's currency.
    `received_minor`, `returned_minor`: in the channel's; `returned_minor` is what went back.
    """

    total_minor: int
    tax_minor: int
    earned_minor: int
    undone_minor: int
    undone_tax_minor: int
    received_minor: int
    returned_minor: int

    @property
    def open_net_minor(self) -> int:
        """What is still sold, without tax."""
        return (self.total_minor - self.tax_minor) - (self.undone_minor - self.undone_tax_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What one return undoes, in the order's currency; `earned_minor` is un-earned revenue."""

    total_minor: int
    tax_minor: int
    earned_minor: int


def undo(sale: Sale, *, part_minor: int) -> Undone:
    """Return what is undone when `part_minor` of the received money goes back.

    Net and tax go back in the proportion of the money. Each is rounded down over all returns
    together, so that the last one takes the remainders and nothing is left over.
    """
    returned = sale.returned_minor + part_minor
    net_minor = _share_so_far(sale.total_minor - sale.tax_minor, sale, returned)
    tax_minor = _share_so_far(sale.tax_minor, sale, returned)
    net_minor -= sale.undone_minor - sale.undone_tax_minor
    tax_minor -= sale.undone_tax_minor
    return Undone(
        total_minor=net_minor + tax_minor,
        tax_minor=tax_minor,
        earned_minor=share(sale.earned_minor, part=net_minor, whole=sale.open_net_minor)
        if net_minor
        else 0,
    )


def _share_so_far(whole_minor: int, sale: Sale, returned_minor: int) -> int:
    return share(whole_minor, part=returned_minor, whole=sale.received_minor)
