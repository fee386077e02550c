"""Accounts of companies in the books of a compliance period: which are open, which were closed, which are opened now.

Invariant: a company with an open account keeps it and gets no other; the name of a closed account is never used again, and what
came and went through it stays with its holder.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dafeng.core.labels import Label
from dafeng.core.persons import fold_person
from dafeng.ledger.act import act_reasons
from dafeng.ledger.book_opening import find_free_name
from dafeng.ledger.enterprise_sides import HOLDERS
from dafeng.ledger.handed import find_refused
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.requests import OpenAccount, Request
from dafeng.store.ledger_rows import LedgerRows

_ACCOUNTS = (
    "SELECT a.name, a.holder, a.type, a.state FROM ledger_account a JOIN ledger_book b ON b.no = a.book WHERE b.name = ?"
    " ORDER BY a.no"
)


@dataclass(frozen=True, slots=True)
class OpenedAccount:
    """What a company has in a book after its accounts were to be opened.

    Parameters
    ----------
    enterprise, book : str
        The company and the book.
    account : str
        Its account that is open; where the ledger refused it, the one that was to be opened.
    opened : bool
        Whether it was opened now.
    closed : tuple of str
        Its accounts that were closed for good before.
    code : str
        Why the ledger refused to open it; empty where it did not.
    """

    enterprise: str
    book: str
    account: str
    opened: bool
    closed: tuple[str, ...] = ()
    code: str = ""

    @property
    def says(self) -> Label:
        """What was opened and what not, in words."""
        zh = f"{'、'.join(self.closed)} 已注销；" if self.closed else ""
        en = f"{', '.join(self.closed)} {'is' if len(self.closed) == 1 else 'are'} closed; " if self.closed else ""
        if self.code:
            why = act_reasons()[self.code].says
            said = Label(f"没有开立 {self.account}：{why.zh}", f"{self.account} was not opened: {why.en}")
        elif self.opened:
            said = Label(f"新开立 {self.account}", f"{self.account} was opened")
        else:
            said = Label(f"已有 {self.account}", f"{self.account} is open already")
        return Label(f"{self.enterprise}：{zh}{said.zh}", f"{self.enterprise}: {en}{said.en}")


def open_accounts(ledger: Ledger, books: Sequence[str], enterprises: Sequence[str]) -> tuple[OpenedAccount, ...]:
    """Open an account in each book for each company that has no open one there.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    books : sequence of str
        Books that are open.
    enterprises : sequence of str
        Companies; another spelling of one is the same company.

    Returns
    -------
    tuple of OpenedAccount
        One for each book and company. A new account takes a number behind its name where that name is taken.
    """
    found: list[OpenedAccount] = []

    def make() -> list[list[Request]]:
        found.clear()
        wanted = {fold_person(one): one for one in reversed(enterprises)}
        named = [wanted[whose] for whose in dict.fromkeys(map(fold_person, enterprises))]
        for book in books:
            found.extend(_plan(ledger.rows, book, named))
        return [[_opening(one)] for one in found if one.opened]

    answers = iter(ledger.book(make))
    told = []
    for one in found:
        refused = find_refused(next(answers)) if one.opened else None
        told.append(one if refused is None else replace(one, opened=False, code=refused.code))
    return tuple(told)


def list_closed(rows: LedgerRows, book: str, holder: str) -> tuple[str, ...]:
    """Accounts of a company in a book that were closed for good.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    book : str
        Name of the book.
    holder : str
        The company, however it is spelt.

    Returns
    -------
    tuple of str
        Their names in the order of opening.
    """
    return tuple(name for name, state in _read_own(rows, book).get(fold_person(holder), []) if state == "closed")


def _plan(rows: LedgerRows, book: str, enterprises: Iterable[str]) -> list[OpenedAccount]:
    own, made, planned = _read_own(rows, book), [], set[str]()
    for one in enterprises:
        listed = own.get(fold_person(one), [])
        closed = tuple(name for name, state in listed if state == "closed")
        there = next((name for name, state in listed if state != "closed"), "")
        account = there or find_free_name(rows, f"{book}.{one}", besides=planned)
        planned.add(account)
        made.append(OpenedAccount(one, book, account, not there, closed))
    return made


def _read_own(rows: LedgerRows, book: str) -> dict[str, list[tuple[str, str]]]:
    """Name and state of accounts of companies, by the folded name of the holder."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, holder, sort, state in rows.query(_ACCOUNTS, book):
        if sort in HOLDERS.split():
            found.setdefault(fold_person(str(holder)), []).append((str(name), str(state)))
    return found


def _opening(one: OpenedAccount) -> OpenAccount:
    return OpenAccount(f"open:{one.account}", one.account, one.book, "organisation", (one.enterprise,))
