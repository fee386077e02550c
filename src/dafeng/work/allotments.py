"""Booking what companies are entitled to: the book of a period, pre-allocation, true-up, and claims on those who got too much.

Invariant: what is booked is what was worked out; a second run changes nothing, and a refusal is a row with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.ledger.adjustments import Sides, adjust, repay
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.positions import Position, pick, read_positions
from dafeng.ledger.refusals import Refused, reasons
from dafeng.ledger.requests import MOST, OpenAccount, OpenBook, Request
from dafeng.work.allowances import Allowances
from dafeng.work.city import City
from dafeng.work.city_ledger import open_city_ledger

TRIES = 5
"""How often a booking is tried again when others booked in between."""
HOLDERS = "operator organisation"
"""Types of accounts that hold a company's allowances."""


@dataclass(frozen=True, slots=True)
class BookedShare:
    """What was booked for a company.

    Parameters
    ----------
    enterprise : str
        The company.
    due : int or None
        What it is entitled to. [t]
    booked, owed : int
        What it has been allotted, and what it still has to give back. [t]
    state : str
        ``booked``, ``same`` (nothing to do), ``not_measurable``, or the code of a refusal.
    says : Label
        The same in words.
    """

    enterprise: str
    due: int | None
    booked: int
    owed: int
    state: str
    says: Label


def open_period(city: City, book: str, period: str, *, limit: int, enterprises: Sequence[str]) -> None:
    """Open the book of a compliance period with its issuer, claims and the accounts of companies; what is there stays.

    Parameters
    ----------
    city : City
        The city.
    book : str
        Name of the book; its claims stand in ``<book>.owed``.
    period : str
        Compliance period.
    limit : int
        Most that may be issued. [t]
    enterprises : sequence of str
        Companies.

    Raises
    ------
    SettingError
        If the ledger refuses.
    """
    owed = f"{book}.owed"
    wanted: list[Request] = [
        OpenBook(f"open:{book}", book, "CEA", "t", 0, False, period),
        OpenBook(f"open:{owed}", owed, "CEA owed", "t", 0, False, period),
        OpenAccount(f"open:{book}.issuer", f"{book}.issuer", book, "issuer", ("authority",), limit=limit),
        OpenAccount(f"open:{owed}.issuer", f"{owed}.issuer", owed, "issuer", ("authority",), limit=MOST),
        OpenAccount(f"open:{book}.surrendered", f"{book}.surrendered", book, "surrendered", ("authority",)),
        OpenAccount(f"open:{book}.cancelled", f"{book}.cancelled", book, "cancelled", ("authority",)),
    ]
    for one in enterprises:
        wanted += [OpenAccount(f"open:{part}.{one}", f"{part}.{one}", part, "organisation", (one,)) for part in (book, owed)]
    with open_city_ledger(city) as ledger:
        for answers in ledger.submit([[request] for request in wanted]):
            for answer in answers:
                if isinstance(answer, Refused):
                    raise refused(answer)


def refused(answer: Refused) -> SettingError:
    """A refusal of the ledger as an error in words.

    Parameters
    ----------
    answer : Refused
        What the ledger said.

    Returns
    -------
    SettingError
        To be raised by the caller.
    """
    reason = reasons()[answer.code]
    return SettingError(
        Label(f"账簿拒绝：{reason.says.zh}（{answer.about}）", f"the ledger refuses: {reason.says.en} ({answer.about})"),
        where=answer.code,
        expected=Label("账簿允许的操作", "what the rules of the ledger allow"),
        remedy=reason.remedy,
    )


def read_sides(ledger: Ledger, book: str, enterprise: str) -> Sides:
    """The accounts of a company and its issuer in a book and in its book of claims.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    book : str
        Name of the book.
    enterprise : str
        The company.

    Returns
    -------
    Sides
        As they stand.

    Raises
    ------
    SettingError
        If the company or the issuer has no account there.
    """
    here = read_positions(ledger, book, holder=enterprise)
    claims = read_positions(ledger, f"{book}.owed", holder=enterprise)
    return Sides(
        need_account(here, "issuer", book),
        need_account(here, HOLDERS, book, holder=enterprise),
        pick(claims, "issuer"),
        pick(claims, HOLDERS, holder=enterprise),
    )


def need_account(positions: tuple[Position, ...], type: str, book: str, *, holder: str = "") -> Position:
    """An account that must be there.

    Parameters
    ----------
    positions : tuple of Position
        Accounts of the book.
    type : str
        Types it may have.
    book : str
        Name of the book.
    holder : str, optional
        Whose.

    Returns
    -------
    Position
        The account.

    Raises
    ------
    SettingError
        If there is none.
    """
    found = pick(positions, type, holder=holder)
    if found is None:
        raise _unopened(book, holder or type)
    return found


def _unopened(book: str, whose: str) -> SettingError:
    return SettingError(
        Label(f"账簿“{book}”没有 {whose} 的账户", f"book '{book}' has no account of {whose}"),
        where=book,
        expected=Label("先开立账簿和账户", "the book and its accounts are opened first"),
        remedy=Label("运行 dafeng allowance open CITY BOOK …", "run dafeng allowance open CITY BOOK …"),
    )


def book_allowances(city: City, book: str, found: Allowances, *, before: bool, day: str) -> tuple[BookedShare, ...]:
    """Book what companies are entitled to; what was booked before counts, so a second run changes nothing.

    Parameters
    ----------
    city : City
        The city.
    book : str
        Book of the period.
    found : Allowances
        What they are entitled to.
    before : bool
        Whether it is the pre-allocation; else the final allowance with its true-up.
    day : str
        Effective day.

    Returns
    -------
    tuple of BookedShare
        One per company with units in the year of the book.

    Raises
    ------
    SettingError
        If an account is missing.
    """
    with open_city_ledger(city) as ledger:
        period = _period(ledger, book)
        wanted = {one.enterprise: one for one in found.entitlements if str(one.year) == period}
        due = {
            name: (None if one.before is None else one.before.whole) if before else one.allowance
            for name, one in wanted.items()
        }
        states = _book_all(ledger, book, due, before=before, day=day)
        positions = _Positions(ledger, book)
        return tuple(_share(name, due[name], positions, states[name]) for name in due)


def _period(ledger: Ledger, book: str) -> str:
    """Compliance year of a book."""
    found = ledger.rows.query("SELECT period FROM ledger_book WHERE name = ?", book)
    if not found:
        raise _unopened(book, "issuer")
    return str(found[0][0])


class _Positions:
    """Accounts of a book and of its claims at one moment, by holder."""

    def __init__(self, ledger: Ledger, book: str) -> None:
        self.here, self.claims = _by_holder(ledger, book), _by_holder(ledger, f"{book}.owed")

    def sides(self, holder: str) -> Sides | None:
        """Accounts of a company and its issuer; ``None`` where it has none."""
        if "" not in self.here or holder not in self.here:
            return None
        return Sides(self.here[""], self.here[holder], self.claims.get(""), self.claims.get(holder))


def _by_holder(ledger: Ledger, book: str) -> dict[str, Position]:
    """First account of each holder, the issuer's under the empty name."""
    found: dict[str, Position] = {}
    for one in read_positions(ledger, book):
        if one.type == "issuer":
            found.setdefault("", one)
        elif one.type in HOLDERS.split():
            found.setdefault(one.holder, one)
    return found


def _book_all(ledger: Ledger, book: str, due: Mapping[str, int | None], *, before: bool, day: str) -> dict[str, str]:
    """Book all companies in one batch; those that others came in between are asked again."""
    kind, reason = ("pre_allocate", "pre-allocation") if before else ("allocate", "final allocation")
    states = dict.fromkeys(due, "not_measurable")
    waiting = [one for one, quantity in due.items() if quantity is not None]
    for _ in range(TRIES):
        positions = _Positions(ledger, book)
        groups: list[tuple[str, list[Request]]] = []
        for one in waiting:
            sides = positions.sides(one)
            if sides is None:
                states[one] = "taker_unknown"
                continue
            group = adjust(sides, due[one] or 0, day, kind=kind, reason=reason)
            states[one] = "same"
            if group:
                groups.append((one, group))
        answers = ledger.submit([group for _, group in groups]) if groups else []
        waiting = []
        for (one, _), said in zip(groups, answers, strict=True):
            refusals = [answer.code for answer in said if isinstance(answer, Refused) and answer.code != "group_failed"]
            states[one] = refusals[0] if refusals else "booked"
            if refusals and refusals[0] in ("conflict", "not_held"):
                waiting.append(one)
        if not waiting:
            break
    return states


def _share(holder: str, due: int | None, positions: _Positions, state: str) -> BookedShare:
    says = {
        "booked": Label("已登记", "booked"),
        "same": Label("与已登记数一致", "as booked before"),
        "not_measurable": Label("权利数量未知，不予登记", "the entitlement is not known; nothing is booked"),
    }
    sides = positions.sides(holder)
    booked, owed = (0, 0) if sides is None else (sides.booked, sides.owed)
    return BookedShare(holder, due, booked, owed, state, says[state] if state in says else reasons()[state].says)


def repay_claim(city: City, book: str, enterprise: str, *, day: str) -> BookedShare:
    """Let a company give back what is claimed, as far as it holds it.

    Parameters
    ----------
    city : City
        The city.
    book : str
        Book of the period.
    enterprise : str
        The company.
    day : str
        Effective day.

    Returns
    -------
    BookedShare
        What it owes afterwards.

    Raises
    ------
    SettingError
        If an account is missing or the ledger refuses.
    """
    with open_city_ledger(city) as ledger:
        sides = read_sides(ledger, book, enterprise)
        group = repay(sides, day, reason="claim repaid")
        for answer in ledger.submit([group])[0] if group else ():
            if isinstance(answer, Refused) and answer.code != "group_failed":
                raise refused(answer)
        now = read_sides(ledger, book, enterprise)
        state = "booked" if group else "same"
        return BookedShare(enterprise, None, now.booked, now.owed, state, Label(f"尚欠 {now.owed}", f"still owed {now.owed}"))
