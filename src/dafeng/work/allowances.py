"""Allowances of companies from a table of their units, and their booking: pre-allocation, true-up, carry-over.

Invariant: a row that cannot be used is a finding with its place and never a guess; what is booked is what was worked out.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from dafeng.core.errors import DefinitionError, FileRefused, SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.ledger.adjustments import Sides, adjust, repay
from dafeng.ledger.allowances import Entitlement, Plant, entitle, read_benchmarks
from dafeng.ledger.ledger import Ledger, open_ledger
from dafeng.ledger.policies import read_policies
from dafeng.ledger.positions import Position, pick, read_positions
from dafeng.ledger.refusals import Booked, Refused, reasons
from dafeng.ledger.requests import MOST, OpenAccount, OpenBook, Request
from dafeng.library.strict import number
from dafeng.work.city import City
from dafeng.work.policy_document import finding_document, worked_document

NAMED = ("enterprise", "unit", "year", "unit_class")
"""Columns that every row needs."""
TRIES = 5
"""How often a booking is tried again when others booked in between."""
HOLDERS = "operator organisation"
"""Types of accounts that hold a company's allowances."""


@dataclass(frozen=True, slots=True)
class Allowances:
    """What companies are entitled to.

    Parameters
    ----------
    entitlements : tuple of Entitlement
        By company and year.
    findings : tuple of Finding
        Rows of the table that cannot be used.
    """

    entitlements: tuple[Entitlement, ...]
    findings: tuple[Finding, ...]


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


@lru_cache(maxsize=1)
def _columns() -> Mapping[str, tuple[str, ...]]:
    """Spellings by column."""
    text = files("dafeng").joinpath("data", "rights", "plant_columns.csv").read_text(encoding="utf-8")
    return {
        row["column"]: (row["column"], row["zh"], row["zh"].partition("（")[0]) for row in csv.DictReader(text.splitlines())
    }


def read_plants(path: Path) -> tuple[tuple[Plant, ...], tuple[Finding, ...]]:
    """Units of companies from a table.

    Parameters
    ----------
    path : Path
        A CSV file with the columns of ``plant_columns.csv``, in Chinese or English.

    Returns
    -------
    (tuple of Plant, tuple of Finding)
        Usable rows, and what is wrong with the others.

    Raises
    ------
    FileRefused
        If it is no such table.
    """
    reader = csv.reader(_text(path).splitlines())
    heads = [head.strip() for head in next(reader, [])]
    spelt = {spelling: name for name, spellings in _columns().items() for spelling in spellings}
    names = [spelt.get(head, "") for head in heads]
    if lacking := [name for name in NAMED if name not in names]:
        raise _no_table(path, lacking)
    plants: list[Plant] = []
    findings: list[Finding] = []
    seen: dict[tuple[str, str, int], Plant] = {}
    for line, cells in enumerate(reader, start=2):
        at = f"{path.name}:{line}"
        row = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name}
        if not any(row.values()):
            continue
        made = _plant(row, at, findings)
        if made is None:
            continue
        before = seen.setdefault((made.enterprise, made.unit, made.year), made)
        if before is made:
            plants.append(made)
            continue
        findings.append(_twice(at, before.at))
        if (before.unit_class, before.figures) != (made.unit_class, made.figures):
            plants.append(replace(made, figures={}))  # nobody knows which of the two holds
    return tuple(plants), tuple(findings)


def _plant(row: Mapping[str, str], at: str, findings: list[Finding]) -> Plant | None:
    bad = [name for name in NAMED if not row.get(name)]
    if not bad and not (row["year"].isdigit() and 2000 <= int(row["year"]) <= 2100):
        bad = ["year"]
    figures: dict[str, Decimal] = {}
    for name in _columns():
        text = row.get(name, "")
        if name in NAMED or not text:
            continue
        try:
            found = _word(name, text) if name == "cooling" else Decimal(number(text, at))
        except DefinitionError:
            found = None
        if found is None or found < 0:
            bad.append(name)
        else:
            figures[name] = found
    if bad:
        said = ", ".join(bad)
        findings.append(
            Finding(
                "allowance.row",
                at,
                "error",
                Label(f"该行有不可用的栏：{said}", f"columns of the row cannot be used: {said}"),
                Label("改正所列各栏；数不带千分位，不得为负", "mend these columns; no thousands marks, nothing negative"),
            )
        )
    if not row.get("enterprise") or "year" in bad:
        return None
    return Plant(row["enterprise"], row.get("unit") or "?", int(row["year"]), row.get("unit_class", ""), figures, at)


def _word(name: str, text: str) -> Decimal | None:
    """Number of a word of a policy."""
    for policy in read_policies().values():
        for term in policy.given:
            if term.name == name and text in term.words:
                return term.words[text]
    return None


def allowances(path: Path, *, city: City | None = None, draft: bool = False) -> Allowances:
    """What the companies of a table are entitled to.

    Parameters
    ----------
    path : Path
        Table of units.
    city : City, optional
        City whose own plans and benchmarks count too.
    draft : bool, optional
        Whether drafts count.

    Returns
    -------
    Allowances
        By company and year. [t]

    Raises
    ------
    FileRefused
        If it is no such table.
    """
    folders = () if city is None else (city.overlay,)
    plants, findings = read_plants(path)
    return Allowances(entitle(plants, read_policies(*folders), read_benchmarks(*folders), draft=draft), findings)


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
    with open_ledger(city.ledger) as ledger:
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
    here, claims = read_positions(ledger, book), read_positions(ledger, f"{book}.owed")
    return Sides(
        need_account(here, "issuer", book),
        need_account(here, HOLDERS, book, enterprise),
        pick(claims, "issuer"),
        pick(claims, HOLDERS, holder=enterprise),
    )


def need_account(positions: tuple[Position, ...], type: str, book: str, holder: str = "") -> Position:
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
        raise SettingError(
            Label(f"账簿“{book}”没有 {holder or type} 的账户", f"book '{book}' has no account of {holder or type}"),
            where=book,
            expected=Label("先开立账簿和账户", "the book and its accounts are opened first"),
            remedy=Label("运行 dafeng allowance open CITY BOOK …", "run dafeng allowance open CITY BOOK …"),
        )
    return found


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
        One per company and year.

    Raises
    ------
    SettingError
        If an account is missing.
    """
    with open_ledger(city.ledger) as ledger:
        return tuple(_book_one(ledger, book, one, before=before, day=day) for one in found.entitlements)


def _book_one(ledger: Ledger, book: str, one: Entitlement, *, before: bool, day: str) -> BookedShare:
    due = (None if one.before is None else one.before.whole) if before else one.allowance
    if pick(read_positions(ledger, book), HOLDERS, holder=one.enterprise) is None:
        return BookedShare(one.enterprise, due, 0, 0, "taker_unknown", reasons()["taker_unknown"].says)
    for _ in range(TRIES):
        sides = read_sides(ledger, book, one.enterprise)
        if due is None:
            unknown = Label("权利数量未知，不予登记", "the entitlement is not known; nothing is booked")
            return BookedShare(one.enterprise, None, sides.booked, sides.owed, "not_measurable", unknown)
        kind, reason = ("pre_allocate", "pre-allocation") if before else ("allocate", "final allocation")
        group = adjust(sides, due, day, kind=kind, reason=f"{reason} {one.year}")
        if not group:
            same = Label("与已登记数一致", "as booked before")
            return BookedShare(one.enterprise, due, sides.booked, sides.owed, "same", same)
        answers = ledger.submit([group])[0]
        if all(isinstance(answer, Booked) for answer in answers):
            now = read_sides(ledger, book, one.enterprise)
            return BookedShare(one.enterprise, due, now.booked, now.owed, "booked", Label("已登记", "booked"))
        code = next((said.code for said in answers if isinstance(said, Refused) and said.code != "group_failed"), "conflict")
        if code not in ("conflict", "not_held"):
            break
    return BookedShare(one.enterprise, due, sides.booked, sides.owed, code, reasons()[code].says)


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
    with open_ledger(city.ledger) as ledger:
        sides = read_sides(ledger, book, enterprise)
        group = repay(sides, day, reason="claim repaid")
        for answer in ledger.submit([group])[0] if group else ():
            if isinstance(answer, Refused) and answer.code != "group_failed":
                raise refused(answer)
        now = read_sides(ledger, book, enterprise)
        state = "booked" if group else "same"
        return BookedShare(enterprise, None, now.booked, now.owed, state, Label(f"尚欠 {now.owed}", f"still owed {now.owed}"))


def allowances_document(found: Allowances) -> dict[str, Any]:
    """Allowances as JSON-able values, each with its formula, edition, benchmarks and inputs.

    Parameters
    ----------
    found : Allowances
        From `allowances`.

    Returns
    -------
    dict
        ``companies`` and ``findings``. [t]
    """
    return {
        "companies": [_company(one) for one in found.entitlements],
        "findings": [finding_document(one) for one in (*found.findings, *(f for e in found.entitlements for f in e.findings))],
    }


def _company(one: Entitlement) -> dict[str, Any]:
    return {
        "enterprise": one.enterprise,
        "year": one.year,
        "allowance": one.allowance,
        "pre_allocation": None if one.before is None else worked_document(one.before),
        "obligation": None if one.obligation is None else worked_document(one.obligation),
        "units": [
            {
                "unit": part.plant.unit,
                "unit_class": part.plant.unit_class,
                "allowance": None if part.value is None else str(part.value),
                "benchmarks": [
                    {"product": b.product, "value": str(b.value), "unit": b.unit, "source": b.source, "grade": b.grade}
                    for b in part.benchmarks
                ],
                "worked": None if part.worked is None else worked_document(part.worked),
            }
            for part in one.allocations
        ],
    }


def _text(path: Path) -> str:
    if not path.is_file():
        raise _no_table(path, ["file"])
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _no_table(path, ["UTF-8"])


def _no_table(path: Path, lacking: Sequence[str]) -> FileRefused:
    said = ", ".join(lacking)
    listed = ", ".join(_columns())
    return FileRefused(
        Label(f"不是机组表，缺 {said}", f"no table of units: {said} missing"),
        where=str(path),
        expected=Label(f"CSV，列名为 {listed}", f"CSV with the columns {listed}"),
        remedy=Label("补上所缺各列", "add what is missing"),
    )


def _twice(at: str, before: str) -> Finding:
    return Finding(
        "allowance.twice",
        at,
        "error",
        Label(
            f"同一机组同一年度已在 {before} 给出，本行不计", f"the same unit and year stand at {before}; this row is left out"
        ),
        Label("删除其中一行", "remove one of them"),
    )
