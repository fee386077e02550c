"""Surrender, carry-over and repayment carried out: the requests that an act becomes, made and booked while nobody else writes.

Invariant: an act is judged by the ledger as it stands when it is carried out; carried out again it gives the same answer and
books nothing. What a company gives comes from all its open accounts, from the one opened first as far as it goes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from dafeng.core.persons import fold_person
from dafeng.ledger.act import Carry, Repay, Surrender
from dafeng.ledger.adjustments import Sides, carry, draw_moves, name_carried, repay
from dafeng.ledger.carried import name_base, renew_most
from dafeng.ledger.effective_days import bound_to_day, check_held
from dafeng.ledger.enterprise_sides import HOLDERS, AllSides
from dafeng.ledger.handed import Handed, find_done, find_refused
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.policies import Policy
from dafeng.ledger.positions import gather_holders, read_positions
from dafeng.ledger.refusals import Booked, Refusal, Refused
from dafeng.ledger.requests import OpenAccount, Request


def hand_surrender(ledger: Ledger, act: Surrender) -> Handed:
    """Surrender allowances and credits, both or neither.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    act : Surrender
        The act.

    Returns
    -------
    Handed
        Refused where it is more than is owed, or than the limit on credits.
    """

    def make() -> list[list[Request]]:
        check_surrender(ledger, act)
        return surrender_requests(ledger, act)

    return _hand_group(ledger, act.id, make)


def surrender_requests(ledger: Ledger, act: Surrender) -> list[list[Request]]:
    """Requests of a surrender.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    act : Surrender
        The act.

    Returns
    -------
    list of list of Request
        The account that takes the credits, if any; then all that is surrendered, as one group.

    Raises
    ------
    Refusal
        If an account is missing (``credit_account_missing`` for that of credits), or that of the sink's name is another one
        (``sink_taken``).
    """
    found = AllSides(ledger, act.book, holder=act.holder)
    made: list[Request] = []
    groups: list[list[Request]] = []
    if act.quantity:
        giver, taker = found.find(act.holder), found.sink
        if giver is None or taker is None:
            raise Refusal("giver_unknown" if giver is None else "taker_unknown", act.holder)
        own = bound_to_day(ledger.rows, giver, act.effective)
        made += draw_moves(act.id, "surrender", own, taker.account, act.quantity, act.effective, act.period)
    if act.credits:
        held = read_positions(ledger, act.credit_book, holder=act.holder)
        giver = gather_holders(held, HOLDERS).get(fold_person(act.holder))
        if giver is None or giver.closed:
            raise Refusal("credit_account_missing", f"{act.credit_book} {act.holder}")
        account = find_credit_sink(act.credit_book, act.book)
        _check_sink(ledger, account, act.credit_book, "surrendered")
        groups.append([OpenAccount(f"open:{account}", account, act.credit_book, "surrendered", ("authority",))])
        name, why = f"{act.id}:credits" if made else act.id, f"{act.book} {act.period}"
        own = bound_to_day(ledger.rows, giver, act.effective)
        made += draw_moves(name, "surrender", own, account, act.credits, act.effective, why)
    return [*groups, made]


def find_credit_sink(bank: str, book: str) -> str:
    """Name of the account that takes the credits surrendered for a book.

    Parameters
    ----------
    bank : str
        Book of the credits.
    book : str
        Book of the period.

    Returns
    -------
    str
        Its name.
    """
    return f"{bank}.surrendered.{book}"


def check_surrender(ledger: Ledger, act: Surrender, *, waiting: tuple[int, int] = (0, 0)) -> None:
    """Whether no more is surrendered than is owed, and no more credits than may be.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    act : Surrender
        The act.
    waiting : (int, int), optional
        Allowances and credits of the company that wait for a second person. [t]

    Raises
    ------
    Refusal
        ``beyond_limit``, ``limit_unknown``, ``beyond_due`` or ``due_unknown``, with the numbers.
    """
    given, used = (one + more for one, more in zip(sum_surrendered(ledger, act), waiting, strict=True))
    if act.credits and act.most is None:
        raise Refusal("limit_unknown", act.holder)
    if act.credits and act.most is not None and used + act.credits > act.most:
        raise Refusal("beyond_limit", f"{used + act.credits} > {act.most}")
    if act.beyond:
        return
    if act.due is None:
        raise Refusal("due_unknown", act.holder)
    left = max(act.due - given - used, 0)
    if act.quantity + act.credits > left:
        raise Refusal("beyond_due", f"{act.quantity + act.credits} > {left}")


def sum_surrendered(ledger: Ledger, act: Surrender) -> tuple[int, int]:
    """What a company has surrendered for a book.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    act : Surrender
        Names company, book and book of credits.

    Returns
    -------
    (int, int)
        Allowances and credits. [t]
    """
    whose = fold_person(act.holder)
    own = gather_holders(read_positions(ledger, act.book, holder=act.holder), HOLDERS).get(whose)
    return 0 if own is None else -own.net("surrender"), sum_credits(ledger, act.credit_book, act.book).get(whose, 0)


def sum_credits(ledger: Ledger, bank: str, book: str) -> dict[str, int]:
    """Credits that were surrendered for a book.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    bank : str
        Book of the credits.
    book : str
        Book of the period.

    Returns
    -------
    dict of str to int
        By the folded name of the holder. [t]
    """
    found: dict[str, int] = {}
    for holder, count in ledger.rows.query(
        "SELECT g.holder, SUM(e.quantity) FROM ledger_event e JOIN ledger_account g ON g.no = e.giver"
        " JOIN ledger_account t ON t.no = e.taker WHERE e.kind = 'surrender' AND t.name = ? GROUP BY g.holder",
        find_credit_sink(bank, book),
    ):
        found[fold_person(holder)] = found.get(fold_person(holder), 0) + int(count)
    return found


def hand_carry(ledger: Ledger, act: Carry, *, policies: Mapping[str, Policy]) -> Handed:
    """Carry units into the book of a later period: taken here and issued there, both or neither.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    act : Carry
        The act.
    policies : mapping of str to Policy
        Policies that hold, by which the most is worked out anew while nobody else writes.

    Returns
    -------
    Handed
        Refused where it is more than may be carried.
    """

    def make() -> list[list[Request]]:
        check_carry(ledger, renew_most(ledger, policies, act))
        return carry_requests(ledger, act)

    return _hand_group(ledger, act.id, make)


def carry_requests(ledger: Ledger, act: Carry) -> list[list[Request]]:
    """Requests of a carry-over.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    act : Carry
        The act.

    Returns
    -------
    list of list of Request
        The account of the old book that takes the units; then all that is carried, as one group.

    Raises
    ------
    Refusal
        If an account is missing, or that of the sink's name is another one (``sink_taken``).
    """
    old, new = _need(ledger, act.book, act.holder), _need(ledger, act.into, act.holder)
    sink = name_carried(act.book)
    _check_sink(ledger, sink, act.book, "cancelled")
    opened = OpenAccount(f"open:{sink}", sink, act.book, "cancelled", ("authority",))
    old = replace(old, holder=bound_to_day(ledger.rows, old.holder, act.effective))
    return [[opened], carry(old, new, sink, act.quantity, act.effective, reason=name_base(act.base), id=act.id)]


def check_carry(ledger: Ledger, act: Carry, *, waiting: int = 0) -> None:
    """Whether no more is carried than may be.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    act : Carry
        The act.
    waiting : int, optional
        What of the company waits to be carried. [t]

    Raises
    ------
    Refusal
        ``beyond_carry`` with the numbers.
    """
    carried = _need(ledger, act.book, act.holder).holder.went("carry") + waiting
    left = max((act.most or 0) - carried, 0)
    if act.quantity > left:
        raise Refusal("beyond_carry", f"{act.quantity} > {left}")


def hand_repay(ledger: Ledger, act: Repay) -> Handed:
    """Let a company give back what is claimed, as far as it holds it.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    act : Repay
        The act.

    Returns
    -------
    Handed
        Refused where nothing is owed or held.
    """
    return _hand_group(ledger, act.id, lambda: repay_requests(ledger, act))


def repay_requests(ledger: Ledger, act: Repay) -> list[list[Request]]:
    """Requests of a repayment, as one group.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    act : Repay
        The act.

    Returns
    -------
    list of list of Request
        One group.

    Raises
    ------
    Refusal
        If an account is missing, or nothing is owed or held.
    """
    sides = _need(ledger, act.book, act.holder)
    quantity = act.quantity
    if quantity is None:
        quantity = min(sides.to_repay, sides.to_repay if act.most is None else act.most)
    sides = replace(sides, holder=bound_to_day(ledger.rows, sides.holder, act.effective))
    group = repay(sides, quantity, act.effective, reason="claim repaid", id=act.id)
    if not group:
        raise Refusal("nothing_left", act.holder)
    return [group]


def _check_sink(ledger: Ledger, name: str, book: str, type: str) -> None:
    """Whether an account that takes units for good is what its name says, where it is open already."""
    found = ledger.rows.query(
        "SELECT b.name, a.type, a.state FROM ledger_account a JOIN ledger_book b ON b.no = a.book WHERE a.name = ?", name
    )
    if found and tuple(found[0]) != (book, type, "open"):
        raise Refusal("sink_taken", f"{name}: {found[0][1]} ≠ {type}" if found[0][1] != type else name)


def _need(ledger: Ledger, book: str, holder: str) -> Sides:
    sides = AllSides(ledger, book, holder=holder).sides(holder)
    if sides is None:
        raise Refusal("taker_unknown", f"{book} {holder}")
    return sides


def _hand_group(ledger: Ledger, id: str, make: Callable[[], list[list[Request]]]) -> Handed:
    """Book what an act became; its first request has the id of the act."""
    known: list[int] = []

    def once() -> list[list[Request]]:
        known.extend(find_done(ledger, [id]).values())
        groups = [] if known else make()
        check_held(ledger.rows, [one for group in groups for one in group])
        return groups

    try:
        answers = ledger.book(once)
    except Refusal as cause:
        return Handed(Refused(cause.code, cause.about))
    if known:
        return Handed(Booked(known[0], again=True))
    said = answers[-1]
    return Handed(find_refused(said) or said[-1])
