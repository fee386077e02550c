"""Settling a compliance period: what each company owes, has surrendered and may cover with credits, and what is short.

Invariant: an obligation, limit or date that is not known gives ``not_measurable`` and its name, never a pass; the limit on
credits is asked before anything is surrendered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from dafeng.core.errors import SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.persons import fold_person
from dafeng.ledger.act import Surrender, name_act
from dafeng.ledger.adjustments import ALLOTTED, sum_allotted
from dafeng.ledger.allowances import Entitlement
from dafeng.ledger.book_plans import read_book_plans
from dafeng.ledger.eligibility import read_schemes
from dafeng.ledger.enterprise_sides import HOLDERS
from dafeng.ledger.hand_act import hand_surrender, sum_credits
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.policies import Policy, Worked, find_policy, read_policies, work_out
from dafeng.ledger.positions import Position, gather_holders, read_positions
from dafeng.ledger.refusals import Refused
from dafeng.ledger.right_tables import read_rows
from dafeng.work.allowances import allowances
from dafeng.work.city import City
from dafeng.work.city_ledger import open_city_ledger
from dafeng.work.credit_books import find_credit_book
from dafeng.work.period_books import check_whole, find_year, need_account, read_year, refused
from dafeng.work.settle_breaches import find_breaches, find_missing_account, judge_carried


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
        Units in all its open accounts, those without a claim, and what it has to give back. [t]
    surrendered, credits : int
        Allowances and credits surrendered for the period. [t]
    limit, check, penalty, forecast : Worked or None
        Limit on credits, surrender check, penalty and forecast of the gap.
    verdict : str
        ``met``, ``short`` or ``not_measurable``.
    account : int
        Number of the account opened first; 0 where it has none.
    booked : mapping of str to int
        What came less what went by pre-allocation, allocation and true-up. [t]
    breaches : tuple of Finding
        Rules that its surrenders and carry-overs break, and that it has units in the table and no open account.
    accounts : tuple of Position
        Its open accounts in the order in which they give.
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
    breaches: tuple[Finding, ...] = ()
    accounts: tuple[Position, ...] = ()


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
        One per company with an account in the book, closed ones counted, then one per company of the table without any.
    findings : tuple of Finding
        What is wrong with the table of units, what hinders or qualifies figures of the account, and rules that surrenders
        break.
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


def settle(
    city: City, book: str, period: str, *, plants: Path | None = None, draft: bool = False, provisional: bool = False
) -> Settlement:
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
        Table of units; ``data/rights/plants.csv`` of the city by default. What the city's account knows of its power units
        stands beside it.
    draft : bool, optional
        Whether drafts count.
    provisional : bool, optional
        Whether the account may use factors of weak evidence; what is surrendered never rests on them.

    Returns
    -------
    Settlement
        Nothing is booked.

    Raises
    ------
    SettingError
        If there is no such book, it is no book of allowances of that period, or the period is no year.
    """
    year = read_year(period)
    with open_city_ledger(city) as ledger:
        find_year(ledger, book, year=year)
    found = allowances(plants or city, city=city, draft=draft, year=year, provisional=provisional)
    due: dict[str, Entitlement] = {}
    for number, one in enumerate(part for part in found.entitlements if part.year == year):
        whose = fold_person(one.enterprise)
        due[whose if whose not in due else f"{whose} {number}"] = one  # two spellings of a name: the second has no account
    policies = read_policies(city.overlay)
    offset = find_offset_book(city)
    with open_city_ledger(city, reads=True) as ledger:
        here = read_positions(ledger, book)
        need_account(here, "issuer", book)
        owed = {whose: one.balance for whose, one in gather_holders(read_positions(ledger, f"{book}.owed"), HOLDERS).items()}
        bank = _credits(ledger, offset, book)
        own = gather_holders(here, HOLDERS)
        sides = {whose: one for whose, one in own.items() if not one.closed or one.flows or whose in due}
        for whose, one in due.items():
            sides.setdefault(whose, Position("", one.enterprise, "", 0, 0, {}, closed=True))
        standings = tuple(
            _stand(side, due.get(whose), owed.get(whose, 0), bank.get(whose, (0, 0)), policies, book)
            for whose, side in sides.items()
        )
        carried = judge_carried(ledger.rows, book, find_policy(policies, "carry_over", year=year), sides)
    standings = tuple(
        replace(one, breaches=(*one.breaches, *carried.get(whose, ()))) for whose, one in zip(sides, standings, strict=True)
    )
    units = [part.plant for one in standings if one.entitlement is not None for part in one.entitlement.allocations]
    told = dict.fromkeys(finding for plant in units for finding in plant.findings)
    findings = (*found.findings, *told, *(one for standing in standings for one in standing.breaches))
    return Settlement(book, period, read_calendar(city.overlay, year=year), standings, findings)


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

    Raises
    ------
    SettingError
        If it does not count whole tonnes.
    """
    scheme = next((one for one in read_schemes(city.overlay).schemes.values() if one.offsets), None)
    if scheme is None:
        return ""
    with open_city_ledger(city, reads=True) as ledger:
        book = find_credit_book(ledger.rows, read_book_plans(city.overlay), scheme)
    check_whole(book.name, book.unit, book.scale)
    return book.name


def _credits(ledger: Ledger, bank: str, book: str) -> Mapping[str, tuple[int, int]]:
    """Credits that companies have free, and those they have surrendered for the book."""
    free: dict[str, int] = {}
    for one in read_positions(ledger, bank):
        if one.type in HOLDERS.split():
            free[fold_person(one.holder)] = free.get(fold_person(one.holder), 0) + one.free
    spent = sum_credits(ledger, bank, book)
    return {holder: (free.get(holder, 0), spent.get(holder, 0)) for holder in free.keys() | spent.keys()}


def _stand(
    account: Position, due: Entitlement | None, owed: int, credits: tuple[int, int], policies: Mapping[str, Policy],
    book: str,
) -> Standing:  # fmt: skip
    given = account.went("surrender")
    name = account.holder if due is None else due.enterprise
    year = None if due is None else due.year
    obligation = None if due is None or due.obligation is None else due.obligation.whole
    limit = _work(policies, "offset_limit", year, {"obligation": obligation})
    check = _work(
        policies, "compliance", year,
        {
            "obligation": obligation, "offset_limit": None if limit is None else limit.whole,
            "surrendered": given, "credits": credits[1],
        },
    )  # fmt: skip
    short = None if check is None else check.value
    booked = sum_allotted(account) - owed
    expected = None if due is None or due.allowance is None else due.allowance - booked
    owed_then = None if due is None or due.owed_forecast is None else due.owed_forecast.whole
    forecast = _work(
        policies, "forecast", year,
        {
            "held": account.free, "expected": expected, "credits": credits[0], "obligation": owed_then,
            "surrendered": given + credits[1],
        },
    )  # fmt: skip
    verdict = "not_measurable" if short is None else "met" if short <= 0 else "short"
    penalty = _work(policies, "penalty", year, {"short": short}) if verdict == "short" else None
    return Standing(
        name, due, account.balance, account.free, owed, given, credits[1],
        limit, check, penalty, forecast, verdict, account.number, _sum_booked(account),
        (
            *find_breaches(
                name, account.account or name, obligation=obligation, limit=None if limit is None else limit.whole,
                surrendered=given, credits=credits[1],
            ),
            *(find_missing_account(name, account.account, book) if account.closed and due is not None else ()),
        ),
        account.parts,
    )  # fmt: skip


def _sum_booked(account: Position) -> dict[str, int]:
    return {kind: account.issued(kind) if kind == "true_up" else account.net(kind) for kind in ALLOTTED}


def _work(
    policies: Mapping[str, Policy], family: str, year: int | None, values: Mapping[str, Decimal | int | None]
) -> Worked | None:
    policy = find_policy(policies, family, year=year)
    return None if policy is None else work_out(policy, values, where=family)


def make_surrender(
    city: City, book: str, period: str, enterprise: str, *, quantity: int, credits: int, day: str, plants: Path | None = None,
    id: str = "", beyond: bool = False,
) -> Surrender:  # fmt: skip
    """A surrender with what the company owes and may cover with credits.

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
    id : str, optional
        Its id; follows from book, company, day and quantities by default.
    beyond : bool, optional
        Whether more than is owed, or owed for all that is known, may be surrendered.

    Returns
    -------
    Surrender
        Nothing is booked.

    Raises
    ------
    SettingError
        If nothing is to be surrendered, the book is not of the period, or the company has no account there.
    """
    if quantity < 0 or credits < 0 or quantity + credits == 0:
        raise SettingError(
            Label(f"清缴数量“{quantity} + {credits}”不能采用", f"the quantity '{quantity} + {credits}' cannot be surrendered"),
            where="--quantity",
            expected=Label("配额与减排量均不为负，至少一项大于零", "neither below zero and at least one above it"),
            remedy=Label("给出 --quantity 或 --credits", "give --quantity or --credits"),
        )
    found = find_standing(settle(city, book, period, plants=plants), enterprise)
    owed = None if found.entitlement is None or found.entitlement.obligation is None else found.entitlement.obligation.whole
    most = None if found.limit is None else found.limit.whole
    name = id or name_act("surrender", book, enterprise, day, quantity, credits)
    return Surrender(
        name, book, period, enterprise, quantity, credits, find_offset_book(city), day, beyond=beyond, due=owed, most=most,
        plants="" if plants is None else str(plants.resolve()),
    )  # fmt: skip


def surrender(
    city: City, book: str, period: str, enterprise: str, *, quantity: int, credits: int, day: str, plants: Path | None = None,
    id: str = "", beyond: bool = False,
) -> Standing:  # fmt: skip
    """Surrender allowances and credits of a company at once, both or neither; `ask_surrender` asks for it by an order.

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
    id : str, optional
        Its id; follows from book, company, day and quantities by default. The same one again books nothing.
    beyond : bool, optional
        Whether more than is owed, or owed for all that is known, may be surrendered.

    Returns
    -------
    Standing
        How the company stands afterwards.

    Raises
    ------
    SettingError
        If it is more than is owed or credits exceed their limit, either is not known, or the ledger refuses.
    """
    act = make_surrender(
        city, book, period, enterprise, quantity=quantity, credits=credits, day=day, plants=plants, id=id, beyond=beyond
    )
    with open_city_ledger(city) as ledger:
        if isinstance(answer := hand_surrender(ledger, act).answer, Refused):
            raise refused(answer)
    return find_standing(settle(city, book, period, plants=plants), enterprise)


def find_standing(settlement: Settlement, enterprise: str) -> Standing:
    """How a company stands.

    Parameters
    ----------
    settlement : Settlement
        From `settle`.
    enterprise : str
        The company.

    Returns
    -------
    Standing
        Its standing.

    Raises
    ------
    SettingError
        If neither book nor table has it.
    """
    wanted = fold_person(enterprise)
    found = next((one for one in settlement.standings if fold_person(one.enterprise) == wanted), None)
    if found is None:
        raise SettingError(
            Label(f"账簿和机组表中没有“{enterprise}”", f"neither book nor table of units has '{enterprise}'"),
            where="COMPANY",
            expected=Label("已开户或列入机组表的企业", "a company with an account or with units"),
            remedy=Label("核对名称", "check the name"),
        )
    return found
