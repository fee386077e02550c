"""What of a settled period breaks its rules: too much surrendered, covered by credits or carried over, or no account.

Invariant: only what is known is told; an unknown obligation or limit breaks nothing, and a carry-over that cannot be judged is
told as such.
"""

from __future__ import annotations

from collections.abc import Mapping

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.ledger.carried import read_bases, work_most
from dafeng.ledger.policies import Policy
from dafeng.ledger.positions import Position
from dafeng.store.ledger_rows import LedgerRows


def find_breaches(
    enterprise: str, account: str, *, obligation: int | None, limit: int | None, surrendered: int, credits: int
) -> tuple[Finding, ...]:
    """Rules that a company's surrenders break, whoever booked them.

    Parameters
    ----------
    enterprise : str
        The company.
    account : str
        Its account.
    obligation, limit : int or None
        What it owes, and the most that credits may cover. [t]
    surrendered, credits : int
        Allowances and credits surrendered. [t]

    Returns
    -------
    tuple of Finding
        ``compliance.offset`` and ``compliance.beyond``; none where all holds.
    """
    found = []
    if limit is not None and credits > limit:
        found.append(
            Finding(
                "compliance.offset",
                account,
                "error",
                Label(
                    f"{enterprise}：抵销 {credits} t，超过上限 {limit} t",
                    f"{enterprise}: {credits} t of credits, the limit is {limit} t",
                ),
                Label("超过部分不计；查明由谁登记", "what is above it does not count; find out who booked it"),
            )
        )
    if obligation is not None and (total := surrendered + credits) > obligation:
        found.append(
            Finding(
                "compliance.beyond",
                account,
                "warning",
                Label(
                    f"{enterprise}：清缴 {total} t，多于应清缴 {obligation} t",
                    f"{enterprise}: {total} t surrendered, {obligation} t are owed",
                ),
                Label("清缴不可撤回；核对应清缴量", "a surrender is final; look at what is owed"),
            )
        )
    return tuple(found)


def find_carry_breach(enterprise: str, account: str, *, carried: int, most: int | None) -> tuple[Finding, ...]:
    """That a company carried more over than the policy allows as the book stands, or that this cannot be judged.

    Parameters
    ----------
    enterprise : str
        The company.
    account : str
        Its account.
    carried : int
        What it carried over. [t]
    most : int or None
        Most that it may carry over by its net sale now; ``None`` where it cannot be worked out. [t]

    Returns
    -------
    tuple of Finding
        ``compliance.carry``; none where nothing was carried or all holds.
    """
    if not carried or (most is not None and carried <= most):
        return ()
    if most is None:
        told = Label(
            f"{enterprise}：已结转 {carried} t，可结转量不可计算",
            f"{enterprise}: {carried} t carried over; how much may be is not known",
        )
        remedy = Label(
            "按办理结转时的基础量，用 dafeng allowance carry … --base 核对",
            "work it out by the base of the carry-over: dafeng allowance carry … --base",
        )
        return (Finding("compliance.carry", account, "warning", told, remedy),)
    told = Label(
        f"{enterprise}：已结转 {carried} t，按现在的净卖出量最多可结转 {most} t",
        f"{enterprise}: {carried} t carried over, by its net sale now {most} t may be",
    )
    remedy = Label(
        "查明结转后购回或冲回了哪些卖出；冲回结转，或补足净卖出量",
        "find out which sales were bought back or reversed since; reverse the carry-over, or sell as much again",
    )
    return (Finding("compliance.carry", account, "error", told, remedy),)


def judge_carried(
    rows: LedgerRows, book: str, policy: Policy | None, sides: Mapping[str, Position]
) -> dict[str, tuple[Finding, ...]]:
    """What is wrong with the carry-overs of companies as a book stands.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    book : str
        Book of the period.
    policy : Policy or None
        The policy on carry-over of its year; ``None`` where none was read.
    sides : mapping of str to Position
        Accounts of the companies in the book, by folded name.

    Returns
    -------
    dict of str to tuple of Finding
        By folded name, of those that carried something over.
    """
    told: dict[str, tuple[Finding, ...]] = {}
    bases = read_bases(rows, book) if any(one.went("carry") for one in sides.values()) else {}
    for whose, one in sides.items():
        if carried := one.went("carry"):
            most = None if policy is None else work_most(policy, one, bases.get(whose)).whole
            told[whose] = find_carry_breach(one.holder, one.account, carried=carried, most=most)
    return told


def find_missing_account(enterprise: str, account: str, book: str) -> tuple[Finding, ...]:
    """That a company takes part in a period and has no open account in its book.

    Parameters
    ----------
    enterprise : str
        The company.
    account : str
        Its account that was closed; empty where it never had one.
    book : str
        Book of the period.

    Returns
    -------
    tuple of Finding
        ``compliance.account``.
    """
    told = Label(
        f"{enterprise}：在 {book} 的账户已注销" if account else f"{enterprise}：在 {book} 没有账户",
        f"{enterprise}: its account in {book} is closed" if account else f"{enterprise}: it has no account in {book}",
    )
    remedy = Label(
        f"没有账户不能分配或清缴；用 dafeng allowance open CITY {book} …，或 dafeng ledger account CITY {book} 编号"
        f" --type organisation --holder {enterprise} 开立",
        f"nothing is allotted or surrendered without one; open one: dafeng allowance open CITY {book} …, or"
        f" dafeng ledger account CITY {book} ID --type organisation --holder {enterprise}",
    )
    return (Finding("compliance.account", account or enterprise, "warning", told, remedy),)
