"""Carrying allowances of one compliance period into a later one, as far as the policy allows.

Invariant: units go from the book of the older year into one of a later year of the same instrument, in one group; what was
carried before counts towards the most; what a company gives to its own accounts is no sale.
"""

from __future__ import annotations

from decimal import Decimal

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.ledger.act import Carry, name_act
from dafeng.ledger.carried import work_most
from dafeng.ledger.hand_act import hand_carry
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.policies import Worked, find_policy, read_policies
from dafeng.ledger.refusals import Refused
from dafeng.work.city import City
from dafeng.work.city_ledger import open_city_ledger
from dafeng.work.period_books import find_year, read_sides, refused


def carry_over(
    city: City, old: str, new: str, enterprise: str, *, quantity: int | None, year: int, day: str,
    base: Decimal | None = None, id: str = "",
) -> Worked:  # fmt: skip
    """Most that a company may carry from one period into a later one; with a quantity, carry it at once.

    Parameters
    ----------
    city : City
        The city.
    old, new : str
        Books of the two periods.
    enterprise : str
        The company.
    quantity : int or None
        How many to carry; only the sum without. [t]
    year : int
        Compliance year of the old book.
    day : str
        Effective day.
    base : Decimal, optional
        Base quantity, where the policy does not know it. [t]
    id : str, optional
        Id of the act; follows from books, company, day and quantity by default. The same one again books nothing.

    Returns
    -------
    Worked
        The policy as worked out before; what was carried before counts towards the most.

    Raises
    ------
    SettingError
        If the books do not belong together, no policy holds, something it needs is not known, the quantity is above the most,
        or the ledger refuses.
    """
    worked = work_carry(city, old, new, enterprise, year=year, base=base)
    if quantity is None:
        return worked
    act = make_carry(worked, old, new, enterprise, quantity=quantity, day=day, base=base, id=id)
    with open_city_ledger(city) as ledger:
        if isinstance(answer := hand_carry(ledger, act, policies=read_policies(city.overlay)).answer, Refused):
            raise refused(answer)
    return worked


def work_carry(city: City, old: str, new: str, enterprise: str, *, year: int, base: Decimal | None = None) -> Worked:
    """Most that a company may carry from one period into a later one.

    Parameters
    ----------
    city : City
        The city.
    old, new : str
        Books of the two periods; the second is empty where only the sum is asked.
    enterprise : str
        The company.
    year : int
        Compliance year of the old book.
    base : Decimal, optional
        Base quantity, where the policy does not know it. [t]

    Returns
    -------
    Worked
        The policy as worked out.

    Raises
    ------
    SettingError
        If the books do not belong together, the base is negative, or no policy holds.
    """
    if base is not None and base < 0:
        raise SettingError(
            Label(f"基础量 {base} 为负", f"the base {base} is below zero"),
            where="--base",
            expected=Label("不小于零的数", "a number of zero or more"),
            remedy=Label("改正基础量", "correct the base"),
        )
    with open_city_ledger(city) as ledger:
        _check_books(ledger, old, new, year)
        policy = find_policy(read_policies(city.overlay), "carry_over", year=year)
        if policy is None:
            raise _uncarried(Label(f"{year} 年度没有结转规则", f"no rule on carry-over was read for {year}"))
        sides = read_sides(ledger, old, enterprise)
    return work_most(policy, sides.holder, base)


def make_carry(
    worked: Worked, old: str, new: str, enterprise: str, *, quantity: int, day: str, base: Decimal | None = None, id: str = ""
) -> Carry:  # fmt: skip
    """A carry-over with the most that the policy allows.

    Parameters
    ----------
    worked : Worked
        From `work_carry`.
    old, new : str
        Books of the two periods.
    enterprise : str
        The company.
    quantity : int
        How many. [t]
    day : str
        Effective day.
    base : Decimal, optional
        Base quantity from which it was worked out. [t]
    id : str, optional
        Its id; follows from books, company, day and quantity by default.

    Returns
    -------
    Carry
        Nothing is booked.

    Raises
    ------
    SettingError
        If the most is not known.
    """
    if worked.whole is None:
        missing = Label("、".join(m.label.zh for m in worked.missing), ", ".join(m.label.en for m in worked.missing))
        raise _uncarried(Label(f"不可计算，缺 {missing.zh}", f"not measurable: {missing.en} is not known"))
    name = id or name_act("carry", old, new, enterprise, day, quantity)
    return Carry(name, old, new, enterprise, quantity, day, worked.whole, "" if base is None else str(base))


def _check_books(ledger: Ledger, old: str, new: str, year: int) -> None:
    """Whether units of the first book may go into the second: both of allowances, the second of a later year."""
    find_year(ledger, old, year=year)
    later = find_year(ledger, new) if new else year + 1
    if later <= year:
        raise SettingError(
            Label(f"不能从 {year} 年度结转到 {later} 年度", f"nothing is carried from {year} into {later}"),
            where="NEW",
            expected=Label(f"{year} 年度以后的账簿", f"a book of a year after {year}"),
            remedy=Label("先写原账簿，再写其后年度的账簿", "name the old book first, then that of a later year"),
        )


def _uncarried(what: Label) -> SettingError:
    return SettingError(
        what,
        where="carry_over",
        expected=Label("不超过政策允许的结转量", "no more than the policy allows"),
        remedy=Label("减少数量，或用 --base 给出基础量", "lower the quantity, or give the base with --base"),
    )
