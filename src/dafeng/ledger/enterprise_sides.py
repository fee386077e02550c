"""The accounts of companies in a book of a period and in its book of claims.

Invariant: what is read here is the state of one moment; a company's first account of a book is the one that counts.
"""

from __future__ import annotations

from collections.abc import Iterable

from dafeng.ledger.adjustments import Sides
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.positions import Position, pick, read_positions

HOLDERS = "operator organisation"
"""Types of accounts that hold a company's allowances."""


class AllSides:
    """Accounts of a book and of its claims at one moment, by holder.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    book : str
        Name of the book.
    holder : str, optional
        Only the accounts of this holder and the issuers.
    """

    def __init__(self, ledger: Ledger, book: str, *, holder: str = "") -> None:
        here = read_positions(ledger, book, holder=holder)
        self.here = _by_holder(here)
        self.claims = _by_holder(read_positions(ledger, f"{book}.owed", holder=holder))
        self.sink = pick(here, "surrendered")

    def sides(self, holder: str) -> Sides | None:
        """Accounts of a company and its issuer.

        Parameters
        ----------
        holder : str
            The company.

        Returns
        -------
        Sides or None
            ``None`` where it has none.
        """
        if "" not in self.here or holder not in self.here:
            return None
        return Sides(self.here[""], self.here[holder], self.claims.get(""), self.claims.get(holder))


def _by_holder(positions: Iterable[Position]) -> dict[str, Position]:
    """First account of each holder, the issuer's under the empty name."""
    found: dict[str, Position] = {}
    for one in positions:
        if one.type == "issuer":
            found.setdefault("", one)
        elif one.type in HOLDERS.split():
            found.setdefault(one.holder, one)
    return found
