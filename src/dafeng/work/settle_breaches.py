"""What of a settled period breaks its rules: too many credits, more surrendered than is owed, or a company without an account.

Invariant: only what is known is told; an unknown obligation or limit breaks nothing.
"""

from __future__ import annotations

from dafeng.core.findings import Finding
from dafeng.core.labels import Label


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
