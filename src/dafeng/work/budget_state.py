"""A budget as it stands: the table of the ledger, what the files would still book, and what nobody covers.

Invariant: telling books nothing; every finding names its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.ledger.budget_books import BudgetBooks, read_books
from dafeng.ledger.budget_requests import ask_allotment, ask_use
from dafeng.ledger.budget_table import BudgetCheck, BudgetLine, check_lines, list_lines
from dafeng.ledger.budgets import Budget, allot
from dafeng.ledger.ledger import Ledger
from dafeng.work.budget_files import BudgetFile
from dafeng.work.budget_use import ReportedUse, read_use, round_use
from dafeng.work.budget_warnings import Warned, warn_nodes
from dafeng.work.city import City


@dataclass(frozen=True, slots=True)
class BudgetState:
    """A budget as it stands.

    Parameters
    ----------
    file : BudgetFile
        What the city delivered.
    state : str
        ``open``, ``closed``, or empty where nothing was booked yet.
    lines : tuple of BudgetLine
        What stands booked of each node.
    checks : tuple of BudgetCheck
        Sums of the table against balances of the ledger.
    wanted : mapping of str to int
        What each node shall get by the file. [minimal units]
    uses : mapping of str to ReportedUse
        Latest report of each node.
    over : mapping of str to int
        Reported use that the budget of the node does not cover; it is not booked. [minimal units]
    warned : mapping of str to Warned
        Class of early warning of each node.
    pending : int
        Requests that the files would still make.
    booked : int
        Requests that this call booked.
    findings : tuple of Finding
        What is wrong or open.
    issuer : str
        Account that the root gets its units of.
    """

    file: BudgetFile
    state: str
    lines: tuple[BudgetLine, ...]
    checks: tuple[BudgetCheck, ...]
    wanted: Mapping[str, int]
    uses: Mapping[str, ReportedUse]
    over: Mapping[str, int]
    warned: Mapping[str, Warned]
    pending: int
    booked: int = 0
    findings: tuple[Finding, ...] = field(default=())
    issuer: str = ""


def tell_budget(city: City, file: BudgetFile, ledger: Ledger, booked: int) -> BudgetState:
    """A budget as it stands.

    Parameters
    ----------
    city : City
        The city.
    file : BudgetFile
        What it delivered.
    ledger : Ledger
        Its ledger.
    booked : int
        Requests that were booked just now.

    Returns
    -------
    BudgetState
        The budget.

    Raises
    ------
    DefinitionError
        If the files ask for what cannot be.
    """
    budget = file.budget
    books = read_books(ledger, budget)
    wanted = allot(budget)
    uses, findings = read_uses(city, file)
    pending, over = _open_ends(budget, wanted, uses, books)
    lines = list_lines(budget, books)
    checks = check_lines(budget, lines, books)
    told = [*findings, *_overruns(over, uses), *_unequal(checks), *_waiting(pending, file)]
    moved = {line.node.id: line.moved for line in lines}
    warned = warn_nodes(file, {name: units + moved.get(name, 0) for name, units in wanted.items()}, uses)
    return BudgetState(
        file, books.state, lines, checks, wanted, uses, over, warned, pending, booked, tuple(told), books.own["issuer"]
    )


def _open_ends(
    budget: Budget, wanted: Mapping[str, int], uses: Mapping[str, ReportedUse], books: BudgetBooks
) -> tuple[int, dict[str, int]]:
    """How many requests the files would still make, and what no budget covers."""
    if books.state == "closed":
        return 0, {}
    pending, over = len(ask_allotment(budget, wanted, books)), {}
    for node, use in uses.items():
        if use.quantity is None or f"{budget.id}/{node}" not in books.accounts:
            pending += use.quantity is not None
            continue
        asked, left = ask_use(budget, node, use.quantity, books, effective=budget.end)
        pending += len(asked)
        if left:
            over[node] = left
    return pending, over


def _overruns(over: Mapping[str, int], uses: Mapping[str, ReportedUse]) -> list[Finding]:
    return [
        Finding(
            "budget.overrun",
            uses[node].at,
            "error",
            Label(
                f"“{node}”用量超出预算 {left} 个最小单位，未入账",
                f"the use of '{node}' is {left} minimal units beyond its budget; they are not booked",
            ),
            Label("追加预算后再次入账，或核实用量", "top the budget up and book again, or check the report"),
        )
        for node, left in over.items()
    ]


def _unequal(checks: Sequence[BudgetCheck]) -> list[Finding]:
    return [
        Finding(
            "budget.sum",
            f"{one.id} {one.about}",
            "error",
            Label(f"流水 {one.flows}，账面 {one.balances}", f"the log says {one.flows}, the balances {one.balances}"),
            Label("核查账簿：dafeng ledger audit", "audit the ledger"),
        )
        for one in checks
        if not one.holds
    ]


def _waiting(pending: int, file: BudgetFile) -> list[Finding]:
    if not pending:
        return []
    said = Label(f"文件与账簿相差 {pending} 笔，尚未入账", f"{pending} requests lie between file and ledger")
    remedy = Label(f"运行 dafeng budget book CITY {file.budget.id}", f"run dafeng budget book CITY {file.budget.id}")
    return [Finding("budget.pending", file.path.name, "info", said, remedy)]


def read_uses(city: City, file: BudgetFile) -> tuple[Mapping[str, ReportedUse], tuple[Finding, ...]]:
    """Reported use of the nodes of a budget.

    Parameters
    ----------
    city : City
        The city.
    file : BudgetFile
        The budget; it says where use is reported.

    Returns
    -------
    (mapping of str to ReportedUse, tuple of Finding)
        The latest report of each node, and what is wrong with the reports.

    Raises
    ------
    FileRefused, DefinitionError
        If the reports cannot be read.
    """
    reports = file.form.reports
    if reports is None:
        return {}, ()
    if reports.file is not None:
        return read_use(file, file.path.parent / reports.file)
    from dafeng.work.enterprises import enterprises  # only budgets that are fed by enterprise accounts need them

    found: dict[str, ReportedUse] = {}
    findings: list[Finding] = []
    nodes = {node.id for node in file.budget.nodes}
    year = int(file.budget.start[:4])
    for one in enterprises(city, year=year).figures:
        if one.field == reports.enterprises and one.value is not None and one.enterprise in nodes:
            units = round_use(one.value, file.form.scale, one.address, findings)
            found[one.enterprise] = ReportedUse(one.enterprise, 12, units, one.address)
    return found, tuple(findings)
