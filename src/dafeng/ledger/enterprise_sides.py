"""The accounts of companies in a book of a period and in its book of claims.

Invariant: what is read here is the state of one moment; a company's first open account of a book receives, all its open ones
give in the order of their opening, and what came and went counts over all its accounts, closed ones and other spellings of its
name too.
"""

from __future__ import annotations

from collections.abc import Iterable

from dafeng.core.persons import fold_person
from dafeng.ledger.adjustments import Sides
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.positions import Position, gather_holders, pick, read_positions

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
        own = self.find(holder)
        if "" not in self.here or own is None:
            return None
        return Sides(self.here[""], own, self.claims.get(""), self.claims.get(fold_person(holder)))

    def find(self, holder: str) -> Position | None:
        """A company's open accounts as one, of which the first receives.

        Parameters
        ----------
        holder : str
            The company, however it is spelt.

        Returns
        -------
        Position or None
            What all of them hold, with what came and went through all its accounts; ``None`` where it has none.
        """
        return self.here.get(fold_person(holder))


def _by_holder(positions: Iterable[Position]) -> dict[str, Position]:
    """What each holder has open, by its folded name; the issuer's under the empty name."""
    listed = tuple(positions)
    found = {whose: one for whose, one in gather_holders(listed, HOLDERS).items() if not one.closed}
    issuer = pick(listed, "issuer")
    return found if issuer is None else {**found, "": issuer}
