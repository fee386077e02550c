"""Settling a compliance period: what each company owes, has surrendered and may cover with credits, and what is short.

Invariant: an obligation, limit or date that is not known gives ``not_measurable`` and its name, never a pass; the limit on
credits is asked before anything is surrendered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.ledger.adjustments import ALLOTTED, carry
from dafeng.ledger.allowances import Entitlement
from dafeng.ledger.eligibility import read_schemes
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.policies import Policy, Worked, find_policy, read_policies, work_out
from dafeng.ledger.positions import Position, read_positions
from dafeng.ledger.refusals import Answer, Refused
from dafeng.ledger.requests import OpenAccount, Request, Transfer
from dafeng.ledger.right_tables import read_rows
from dafeng.work.allotments import HOLDERS, need_account, read_sides, refused
from dafeng.work.allowances import allowances
from dafeng.work.city import City
from dafeng.work.city_ledger import open_city_ledger

TRADED = ("trade", "transfer")
"""Kinds of transfers that count as sales and purchases."""


@dataclass(frozen=True, slots=True)
class Due:
    """A date of the compliance calendar.

    Parameters
    ----------
    year : int
        Compliance year.
    event : str
        Name of the event.
    label : Label
        Name in words.
    date : str or None
        ISO day; ``None`` where it is not known.
    source, grade : str
        Where it stands and how sure it is.
    """

    year: int
    event: str
    label: Label
    date: str | None
    source: str
    grade: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a company stands in a period.

    Parameters
    ----------
    enterprise : str
        The company.
    entitlement : Entitlement or None
        Its allowance and obligation; ``None`` where the table does not name it.
    held, free, owed : int
        Units in its account, those without a claim, and what it has to give back. [t]
    surrendered, credits : int
        Allowances and credits surrendered for the period. [t]
    limit, check, penalty, forecast : Worked or None
        Limit on credits, surrender check, penalty and forecast of the gap.
    verdict : str
        ``met``, ``short`` or ``not_measurable``.
    account : int
        Number of its account.
    booked : mapping of str to int
        What came less what went by pre-allocation, allocation and true-up. [t]
    """

    enterprise: str
    entitlement: Entitlement | None
    held: int
    free: int
    owed: int
    surrendered: int
    credits: int
    limit: Worked | None
    check: Worked | None
    penalty: Worked | None
    forecast: Worked | None
    verdict: str
    account: int
    booked: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Settlement:
    """A compliance period of a book.

    Parameters
    ----------
    book, period : str
        Book and compliance period.
    calendar : tuple of Due
        Its dates.
    standings : tuple of Standing
        One per company.
    findings : tuple of Finding
        What is wrong with the table of units.
    """

    book: str
    period: str
    calendar: tuple[Due, ...]
    standings: tuple[Standing, ...]
    findings: tuple[Any, ...]


def read_calendar(*folders: Path, year: int | None = None) -> tuple[Due, ...]:
    """Dates of compliance of the package and of overlay folders.

    Parameters
    ----------
    *folders : Path
        Overlay folders; a date there stands for one that the package does not know.
    year : int, optional
        Only of this year.

    Returns
    -------
    tuple of Due
        In the order of the tables.

    Raises
    ------
    DefinitionError
        If a table is not as it should be.
    """
    found: dict[tuple[int, str], Due] = {}
    for row in read_rows(folders, "calendar", ("year", "event", "zh", "en", "date", "source", "grade")):
        cells = row.cells
        label = Label(cells["zh"] or cells["event"], cells["en"] or cells["event"])
        one = Due(row.whole("year"), cells["event"], label, row.day("date") or None, cells["source"], cells["grade"])
        if one.date is not None or (one.year, one.event) not in found:
            found[one.year, one.event] = one
    return tuple(one for one in found.values() if year in (None, one.year))


def settle(city: City, book: str, period: str, *, plants: Path | None = None, draft: bool = False) -> Settlement:
    """How the companies of a book stand in a compliance period.

    Parameters
    ----------
    city : City
        The city.
    book : str
        Book of the period.
    period : str
        Compliance year.
    plants : Path, optional
        Table of units; ``data/rights/plants.csv`` of the city by default.
    draft : bool, optional
        Whether drafts count.

    Returns
    -------
    Settlement
        Nothing is booked.

    Raises
    ------
    SettingError
        If there is no such book, or the period is no year.
    """
    year = read_year(period)
    found = allowances(plants or city.overlay / "rights" / "plants.csv", city=city, draft=draft)
    due = {one.enterprise: one for one in found.entitlements if one.year == year}
    policies = read_policies(city.overlay)
    with open_city_ledger(city, reads=True) as ledger:
        here = read_positions(ledger, book)
        need_account(here, "issuer", book)
        owed = {one.holder: one.balance for one in read_positions(ledger, f"{book}.owed") if one.type in HOLDERS.split()}
        bank = _credits(ledger, find_offset_book(city), book)
        standings = tuple(
            _stand(one, due.get(one.holder), owed.get(one.holder, 0), bank.get(one.holder, (0, 0)), policies)
            for one in here
            if one.type in HOLDERS.split()
        )
    return Settlement(book, period, read_calendar(city.overlay, year=year), standings, found.findings)


def read_year(period: str) -> int:
    """Compliance year of a period.

    Parameters
    ----------
    period : str
        Four digits.

    Returns
    -------
    int
        The year.

    Raises
    ------
    SettingError
        If it is none.
    """
    if len(period) == 4 and period.isdigit():
        return int(period)
    raise SettingError(
        Label(f"“{period}”不是履约年度", f"'{period}' is no compliance year"),
        where="PERIOD",
        expected=Label("四位年份，如 2023", "a year such as 2023"),
        remedy=Label("改正年度", "correct the year"),
    )


def find_offset_book(city: City) -> str:
    """Book of the credits that may cover an obligation.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    str
        That of the first scheme whose credits count; empty where none does.
    """
    return next((one.book for one in read_schemes(city.overlay).schemes.values() if one.offsets), "")


def _credits(ledger: Ledger, bank: str, book: str) -> Mapping[str, tuple[int, int]]:
    """Credits that companies have free, and those they have surrendered for the book."""
    free: dict[str, int] = {}
    for one in read_positions(ledger, bank):
        if one.type in HOLDERS.split():
            free[one.holder] = free.get(one.holder, 0) + one.free
    used = ledger.rows.query(
        "SELECT g.holder, SUM(e.quantity) FROM ledger_event e JOIN ledger_account g ON g.no = e.giver"
        " JOIN ledger_account t ON t.no = e.taker WHERE e.kind = 'surrender' AND t.name = ? GROUP BY g.holder",
        f"{bank}.surrendered.{book}",
    )
    spent = {holder: int(count) for holder, count in used}
    return {holder: (free.get(holder, 0), spent.get(holder, 0)) for holder in free.keys() | spent.keys()}


def _stand(
    account: Position, due: Entitlement | None, owed: int, credits: tuple[int, int], policies: Mapping[str, Policy]
) -> Standing:
    given = {"surrendered": account.flows["surrender"].went if "surrender" in account.flows else 0}
    year = None if due is None else due.year
    obligation = None if due is None or due.obligation is None else due.obligation.whole
    limit = _work(policies, "offset_limit", year, {"obligation": obligation})
    check = _work(
        policies, "compliance", year,
        {
            "obligation": obligation, "offset_limit": None if limit is None else limit.whole,
            "surrendered": given["surrendered"], "credits": credits[1],
        },
    )  # fmt: skip
    short = None if check is None else check.value
    booked = account.net(*ALLOTTED) - owed
    expected = None if due is None or due.allowance is None else due.allowance - booked
    emissions = None if due is None else _forecast(due)
    forecast = _work(
        policies, "forecast", year,
        {
            "held": account.free, "expected": expected, "credits": credits[0], "emissions": emissions,
            "surrendered": given["surrendered"] + credits[1],
        },
    )  # fmt: skip
    verdict = "not_measurable" if short is None else "met" if short <= 0 else "short"
    penalty = _work(policies, "penalty", year, {"short": short}) if verdict == "short" else None
    return Standing(
        account.holder, due, account.balance, account.free, owed, given["surrendered"], credits[1],
        limit, check, penalty, forecast, verdict, account.number, {kind: account.net(kind) for kind in ALLOTTED},
    )  # fmt: skip


def _forecast(due: Entitlement) -> Decimal | None:
    """Forecast emissions of a company, verified ones where they are known."""
    total = Decimal(0)
    for part in due.allocations:
        figures = part.plant.figures
        found = figures.get("verified", figures.get("forecast"))
        if found is None:
            return None
        total += found
    return total


def _work(
    policies: Mapping[str, Policy], family: str, year: int | None, values: Mapping[str, Decimal | int | None]
) -> Worked | None:
    policy = find_policy(policies, family, year=year)
    return None if policy is None else work_out(policy, values, where=family)


def surrender(
    city: City, book: str, period: str, enterprise: str, *, quantity: int, credits: int, day: str, plants: Path | None = None
) -> Standing:
    """Surrender allowances and credits of a company, both or neither.

    Parameters
    ----------
    city : City
        The city.
    book, period : str
        Book and compliance year.
    enterprise : str
        The company.
    quantity, credits : int
        Allowances and credits. [t]
    day : str
        Effective day.
    plants : Path, optional
        Table of units.

    Returns
    -------
    Standing
        How the company stands afterwards.

    Raises
    ------
    SettingError
        If credits exceed the limit, or the limit is not known, or the ledger refuses.
    """
    before = _find(settle(city, book, period, plants=plants), enterprise)
    if credits:
        _check_limit(before, credits)
    with open_city_ledger(city) as ledger:
        group: list[Request] = []
        sides = read_sides(ledger, book, enterprise)
        name = f"surrender:{sides.holder.account}:{sides.holder.count('surrender')}:{before.credits}"
        taker = need_account(read_positions(ledger, book, holder=enterprise), "surrendered", book)
        if quantity:
            group.append(Transfer(name, "surrender", sides.holder.account, taker.account, quantity, day, reason=period))
        if credits:
            said = (f"{name}:credits" if group else name, day, period)
            group += _surrender_credits(ledger, (find_offset_book(city), book), enterprise, credits, said)
        _take(ledger.submit([group])[0] if group else [])
    return _find(settle(city, book, period, plants=plants), enterprise)


def _surrender_credits(
    ledger: Ledger, books: tuple[str, str], enterprise: str, credits: int, said: tuple[str, str, str]
) -> list[Request]:
    (bank, book), (name, day, period) = books, said
    giver = need_account(read_positions(ledger, bank, holder=enterprise), HOLDERS, bank, holder=enterprise)
    account = f"{bank}.surrendered.{book}"
    _take(ledger.submit([[OpenAccount(f"open:{account}", account, bank, "surrendered", ("authority",))]])[0])
    return [Transfer(name, "surrender", giver.account, account, credits, day, reason=f"{book} {period}")]


def _check_limit(before: Standing, credits: int) -> None:
    most = None if before.limit is None else before.limit.whole
    if most is None:
        raise _offset(
            "应清缴量未知，抵销上限不可计算", "what is to be surrendered is not known, so neither is the limit on credits"
        )
    if before.credits + credits > most:
        raise _offset(
            f"抵销量 {before.credits + credits} 超过上限 {most}",
            f"{before.credits + credits} credits are above the limit {most}",
        )


def _offset(zh: str, en: str) -> SettingError:
    return SettingError(
        Label(zh, en),
        where="--credits",
        expected=Label("不超过抵销上限", "no more than the limit on credits"),
        remedy=Label("减少抵销量，或先补报经核查排放量", "use fewer credits, or report verified emissions first"),
    )


def _take(answers: Sequence[Answer]) -> None:
    for answer in answers:
        if isinstance(answer, Refused) and answer.code != "group_failed":
            raise refused(answer)


def _find(settlement: Settlement, enterprise: str) -> Standing:
    found = next((one for one in settlement.standings if one.enterprise == enterprise), None)
    if found is None:
        raise SettingError(
            Label(f"账簿中没有“{enterprise}”", f"the book has no account of '{enterprise}'"),
            where="COMPANY",
            expected=Label("已开户的企业", "a company with an account"),
            remedy=Label("核对名称", "check the name"),
        )
    return found


def carry_over(
    city: City, old: str, new: str, enterprise: str, *, quantity: int | None, year: int, day: str,
    base: Decimal | None = None,
) -> Worked:  # fmt: skip
    """Most that a company may carry from one period into the next; with a quantity, carry it.

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

    Returns
    -------
    Worked
        The policy as worked out before; what was carried before counts towards the most.

    Raises
    ------
    SettingError
        If no policy holds, something it needs is not known, the quantity is above the most, or the ledger refuses.
    """
    policy = find_policy(read_policies(city.overlay), "carry_over", year=year)
    if policy is None:
        raise _uncarried(Label(f"{year} 年度没有结转规则", f"no rule on carry-over was read for {year}"))
    with open_city_ledger(city) as ledger:
        sides = read_sides(ledger, old, enterprise)
        carried = -sides.holder.net("carry")
        values = {"net_sale": max(-sides.holder.net(*TRADED), 0), "holding": sides.holder.free + carried, "base": base}
        worked = work_out(policy, values, where="carry_over")
        if quantity is None:
            return worked
        if worked.whole is None:
            missing = Label("、".join(m.label.zh for m in worked.missing), ", ".join(m.label.en for m in worked.missing))
            raise _uncarried(Label(f"不可计算，缺 {missing.zh}", f"not measurable: {missing.en} is not known"))
        if quantity > worked.whole - carried:
            raise _uncarried(
                Label(
                    f"还可结转 {worked.whole - carried}", f"{worked.whole - carried} may still be carried, {quantity} was asked"
                )
            )
        _take(ledger.submit([carry(sides, read_sides(ledger, new, enterprise), quantity, day, reason="carry-over")])[0])
    return worked


def _uncarried(what: Label) -> SettingError:
    return SettingError(
        what,
        where="carry_over",
        expected=Label("不超过政策允许的结转量", "no more than the policy allows"),
        remedy=Label("减少数量，或用 --base 给出基础量", "lower the quantity, or give the base with --base"),
    )
