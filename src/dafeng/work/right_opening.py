"""Books and accounts opened from the definitions of a city.

Invariant: a book is opened together with the city's own accounts in it, or not at all; opening it again changes nothing.
"""

from __future__ import annotations

import re

from dafeng.core.errors import SettingError, UnitError
from dafeng.core.labels import Label
from dafeng.core.persons import fold_person
from dafeng.core.units import unit
from dafeng.ledger.book_opening import (
    EXTERNAL,
    OTHER,
    find_opened,
    find_own,
    list_openings,
    other_book,
    other_limit,
    plan_book,
    plan_free_book,
    read_limits,
    read_years,
)
from dafeng.ledger.book_plans import BookPlan, find_book_plan, read_book_plans
from dafeng.ledger.eligibility import read_schemes
from dafeng.ledger.logs import beyond
from dafeng.ledger.requests import OpenAccount
from dafeng.store.records import Records
from dafeng.work.account_bounds import check_account_name
from dafeng.work.credit_books import check_form, list_credit_books
from dafeng.work.noted_orders import Order
from dafeng.work.period_books import INSTRUMENT, check_whole
from dafeng.work.right_orders import place_orders
from dafeng.work.rights import Rights

_NAME = re.compile(r"(?!\.{1,2}$)[^\s/?#%]{1,100}")


def open_book(
    rights: Rights, plan: str, *, who: str, period: str = "", limit: int = 0, records: Records | None = None
) -> tuple[Order, ...]:
    """Open a book with the city's own accounts.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    plan : str
        Id of the book's definition.
    who : str
        Who opens it.
    period : str, optional
        Year, or first and last year, where the book belongs to a period.
    limit : int, optional
        The most that may be issued. [minimal units]
    records : Records, optional
        Open records of the city.

    Returns
    -------
    tuple of Order
        The book and its accounts; ``{book}.issuer`` and so on.

    Raises
    ------
    LookupFailure
        If there is no such definition.
    SettingError
        If the period is missing or not such as the book has, a book of the instrument has its year under another name, or the
        book is open with another limit.
    """
    found = find_book_plan(rights.plans(), plan)
    name, most, there = found.name(period), limit, None
    if rights.has_ledger():
        with rights.reading() as rows:
            there = find_opened(rows, found, period)
            limits = () if there is None else read_limits(rows, there)
            most = limits[-1] if limits and (not limit or limit in limits) else limit
            if there is None:
                plan_free_book(rows, found, period)
            issuer = "" if there is None else find_own(rows, there, "issuer")
        if there is not None and there.name != name:
            raise other_book(there, name)
        if there is not None and limits and most not in limits:
            raise other_limit(there, issuer, most)
    if there is None:
        _check_period(found, period)
        _check_unit(rights, found, period)
    group = [
        one._replace(registry=_registry(rights, one.account)) if isinstance(one, OpenAccount) and one.registry else one
        for one in list_openings(found, period, holder=rights.city.slug, limit=most)
    ]
    return place_orders(rights, group, who=who, records=records, asker="opening")


def open_account(
    rights: Rights,
    book: str,
    name: str,
    *,
    type: str,
    holder: str,
    who: str,
    title: str = "",
    primary: str = "",
    secondary: str = "",
    installation: str = "",
    contact: str = "",
    registry: str = "",
    records: Records | None = None,
) -> Order:
    """Open an account for somebody.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    book : str
        Id of the book.
    name : str
        Id of the account: no spaces, none of ``/?#%``, and none that the machinery gives to accounts of its own.
    type : str
        Type of the account.
    holder : str
        Whose account it is.
    who : str
        Who opens it.
    title : str, optional
        Name that is shown.
    primary, secondary : str, optional
        The two representatives, where the type needs them.
    installation, contact : str, optional
        Installation with its contact, where the type needs it.
    registry : str, optional
        Name of the other registry that the account stands for; ``other`` where its type is such and none is named.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Order
        Booked or refused.

    Raises
    ------
    LookupFailure
        If there is no such book.
    SettingError
        If the id cannot be used.
    """
    found = rights.find_book(book)
    if not _NAME.fullmatch(name):
        raise _bad_name(name)
    check_account_name(rights, name)
    _check_installation(rights, found.name, name, installation)
    request = OpenAccount(
        f"open.{found.name}.{name}", name, found.name, type, _one(holder), name=title, primary=_one(primary),
        secondary=_one(secondary), contacts=_one(contact), installations=_one(installation), period=found.period,
        registry=" ".join(registry.split()) or (OTHER if type == EXTERNAL else ""),
    )  # fmt: skip
    return place_orders(rights, [request], who=who, records=records, asker="opening")[0]


def _registry(rights: Rights, account: str) -> str:
    """Registry of a book's account for other registries: as it stands where the book is open, else one that is not our own."""
    if rights.has_ledger():
        with rights.reading() as rows:
            found = rows.query("SELECT registry FROM ledger_account WHERE name = ?", account)
        if found:
            return str(found[0][0])
    return OTHER


def _check_installation(rights: Rights, book: str, account: str, installation: str) -> None:
    """No other account of the book has the installation under another spelling; the ledger itself compares letter by letter."""
    wanted = fold_person(installation)
    if not wanted:
        return
    head = f"installation\n{book}\n"
    with rights.reading() as rows:
        taken = rows.query("SELECT key, account FROM ledger_taken WHERE key >= ? AND key < ?", head, beyond(head))
    other = next((whose for key, whose in taken if whose != account and fold_person(key[len(head) :]) == wanted), "")
    if other:
        raise SettingError(
            Label(
                f"设施“{installation[:40]}”已有账户 {other[:40]}",
                f"installation '{installation[:40]}' has the account {other[:40]}",
            ),
            where="installation",
            expected=Label("每个设施在一本账簿中只有一个账户", "one account of a book for each installation"),
            remedy=Label("使用已有账户，或核对设施编号；没有开立", "use that account, or check the id; nothing was opened"),
        )


def _one(text: str) -> tuple[str, ...]:
    return (text.strip(),) if text.strip() else ()


def _check_unit(rights: Rights, plan: BookPlan, period: str) -> None:
    """The unit of a definition is one that is known, and the one by which those count who use its book."""
    plans = rights.plans()
    own = plans.find(INSTRUMENT)
    if own is not None and own.id == plan.id:
        check_whole(plan.id, plan.unit, plan.scale)
    if list_credit_books(plans, read_schemes(rights.city.overlay)).has(plan.id, plan.instrument):
        check_form(plan_book(plan, period))
    if plan.id not in read_book_plans().books:
        return  # of the city's own making: nobody else counts by it
    try:
        unit(plan.unit)
    except UnitError as cause:
        raise SettingError(
            Label(
                f"books.yaml 中“{plan.id}”的单位“{plan.unit}”无法识别",
                f"the unit '{plan.unit}' of '{plan.id}' in books.yaml is unknown",
            ),
            where=plan.id,
            expected=cause.expected,
            remedy=Label("改正城市的 data/books.yaml；没有开立", "correct the city's data/books.yaml; nothing was opened"),
        ) from cause


def _check_period(plan: BookPlan, period: str) -> None:
    years = read_years(period)
    if not plan.dated and not period:
        return
    if plan.dated and years is not None and (years[0] == years[1] or not plan.single_year):
        return
    expected = Label("年份，如 2025，或先后两年，如 2024-2025", "a year such as 2025, or two in order such as 2024-2025")
    if not plan.dated:
        expected = Label("不分期的账簿不写履约期", "none: the book has no period")
    elif plan.single_year:
        expected = Label("一个年份，如 2025：每年一个总量", "one year such as 2025: each year has its own cap")
    raise SettingError(
        Label(
            f"账簿“{plan.id}”的履约期“{period[:20]}”不能采用", f"the period '{period[:20]}' cannot be used for book '{plan.id}'"
        ),
        where="period",
        expected=expected,
        remedy=Label("改正后重试；没有开立", "correct it and try again; nothing was opened"),
    )


def _bad_name(name: str) -> SettingError:
    return SettingError(
        Label(f"账户编号“{name[:60]}”不能采用", f"the account id '{name[:60]}' cannot be used"),
        where="account",
        expected=Label(
            "1 至 100 个字符，不含空格和 / ? # %，也不是 . 或 ..", "1 to 100 characters without spaces and / ? # %, not . or .."
        ),
        remedy=Label("换一个编号；没有开立", "choose another id; nothing was opened"),
    )
