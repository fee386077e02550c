"""The steps of a budget as requests: what is booked, frozen, released or closed by it; nothing is booked here.

Invariant: a step is one group, all or nothing, and follows from the files and the ledger alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dafeng.core.errors import ConflictError, DefinitionError, LookupFailure, SettingError
from dafeng.core.labels import Label
from dafeng.ledger.budget_books import BookedAccount, BudgetBooks, read_books
from dafeng.ledger.budget_requests import ask_allotment, ask_close, ask_freeze, ask_release, ask_use
from dafeng.ledger.budgets import Budget, allot
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.requests import OpenAccount, Request, Transfer
from dafeng.work.budget_files import BudgetFile, list_budget_files
from dafeng.work.budget_state import read_uses, tell_budget
from dafeng.work.city import City


def find_budget_file(city: City, id: str) -> BudgetFile:
    """What a city delivered for a budget.

    Parameters
    ----------
    city : City
        The city.
    id : str
        Id of the budget.

    Returns
    -------
    BudgetFile
        The budget as its files have it.

    Raises
    ------
    LookupFailure
        If the city has no such budget.
    DefinitionError
        If its file breaks its form.
    """
    found = {one.budget.id: one for one in list_budget_files(city)}
    if id in found:
        return found[id]
    raise LookupFailure(
        Label(f"没有预算“{id}”", f"there is no budget '{id}'"),
        where="budget",
        expected=Label("、".join(found) or "data/budgets 中的一个预算", ", ".join(found) or "a budget of data/budgets"),
        remedy=Label("核对编号，或在 data/budgets 中交付该预算", "check the id, or deliver the budget in data/budgets"),
    )


def plan_step(
    city: City, file: BudgetFile, ledger: Ledger, step: str, *, node: str = "", reason: str = ""
) -> list[Request]:  # fmt: skip
    """What a step of a budget asks of the ledger.

    Parameters
    ----------
    city : City
        The city.
    file : BudgetFile
        The budget.
    ledger : Ledger
        Its ledger.
    step : {"book", "freeze", "release", "close"}
        What is done.
    node : str, optional
        Node that is frozen or released with those below it.
    reason : str, optional
        Why it is frozen.

    Returns
    -------
    list of Request
        One group; empty where nothing is to be done.

    Raises
    ------
    LookupFailure
        If there is no such node.
    DefinitionError
        If the files ask for what cannot be.
    SettingError
        If a reason is missing, or what happens to what is unused.
    ConflictError
        If it is to be closed while something is frozen, or the files ask for more than is booked.
    """
    budget, books = file.budget, read_books(ledger, file.budget)
    if step == "freeze":
        if not reason.strip():
            raise _no_reason()
        return ask_freeze(budget, _subtree(budget, node), books, reason=reason)
    if step == "release":
        return ask_release(budget, _subtree(budget, node), books)
    if books.state == "closed":
        return []
    return _plan_closing(city, file, ledger, books) if step == "close" else _plan_booking(city, file, books)


def _plan_booking(city: City, file: BudgetFile, books: BudgetBooks) -> list[Request]:
    budget = file.budget
    if books.form != (budget.unit, budget.scale):
        raise _other_form(file, books)
    asked = ask_allotment(budget, allot(budget), books)
    then, uses = _foresee(books, asked), read_uses(city, file)[0]
    for node, use in uses.items():
        if use.quantity is not None:
            asked += ask_use(budget, node, use.quantity, then, effective=_month_end(budget, use.month))[0]
    return asked


def _foresee(books: BudgetBooks, asked: list[Request]) -> BudgetBooks:
    """The accounts as they will be once an allotment is booked; what was used before stays as it is."""
    accounts = dict(books.accounts)
    for one in asked:
        if isinstance(one, OpenAccount):
            accounts[one.account] = BookedAccount(one.account, one.type, 0, 0, 0)
    for one in asked:
        if isinstance(one, Transfer):
            for name, more in ((one.giver, -one.quantity), (one.taker, one.quantity)):
                accounts[name] = replace(accounts[name], balance=accounts[name].balance + more)
    return replace(books, accounts=accounts)


def _plan_closing(city: City, file: BudgetFile, ledger: Ledger, books: BudgetBooks) -> list[Request]:
    unused = file.form.unused
    if unused is None:
        raise SettingError(
            Label("文件没有写明未用部分如何处理", "the file does not say what happens to what is unused"),
            where=f"{file.path.name}:unused",
            expected=Label("give_back（收回）或 lapse（失效）", "give_back or lapse"),
            remedy=Label("按有关规定写明", "state it by the rule that applies"),
        )
    state = tell_budget(city, file, ledger, 0)
    frozen = sum(one.held for one in books.accounts.values())
    if frozen or state.pending or not books.state:
        raise _unsettled(file.budget.id, frozen, state.pending)
    return ask_close(file.budget, books, unused=unused, effective=file.budget.end)


def _no_reason() -> SettingError:
    return SettingError(
        Label("未写明冻结原因", "no reason was given"),
        where="reason",
        expected=Label("一句原因", "a sentence"),
        remedy=Label("写明原因", "say why"),
    )


def _subtree(budget: Budget, node: str) -> list[str]:
    below = budget.below()
    if node not in below:
        raise LookupFailure(
            Label(f"预算“{budget.id}”没有节点“{node}”", f"the budget '{budget.id}' has no node '{node}'"),
            where="node",
            expected=Label("树中的一个节点", "a node of the tree"),
            remedy=Label("用 dafeng budget show 查看节点", "see the nodes with dafeng budget show"),
        )
    found, waiting = [], [node]
    while waiting:
        found.append(waiting.pop())
        waiting.extend(child.id for child in below[found[-1]])
    return found


def _other_form(file: BudgetFile, books: BudgetBooks) -> DefinitionError:
    unit, scale = books.form
    return DefinitionError(
        Label(
            f"预算以 {file.form.unit}、{file.form.scale} 位小数计，账簿“{books.own['book']}”以 {unit}、{scale} 位小数计",
            f"the budget counts {file.form.unit} with {file.form.scale} decimals, its book '{books.own['book']}' {unit} with"
            f" {scale}",
        ),
        where=file.path.name,
        expected=Label(f"unit: {unit}，scale: {scale}", f"unit: {unit}, scale: {scale}"),
        remedy=Label(
            "改正文件，或在账簿开立前由城市的 data/books.yaml 定义；没有入账",
            "correct the file, or define the book in the city's data/books.yaml before it is opened; nothing was booked",
        ),
    )


def _month_end(budget: Budget, month: int) -> str:
    year = int(budget.start[:4])
    following = date(year + month // 12, month % 12 + 1, 1).toordinal()
    return min(date.fromordinal(following - 1).isoformat(), budget.end)


def _unsettled(budget: str, frozen: int, pending: int) -> ConflictError:
    return ConflictError(
        Label(
            f"预算“{budget}”尚有冻结 {frozen} 个最小单位、未入账 {pending} 笔，不能关闭",
            f"the budget '{budget}' has {frozen} minimal units frozen and {pending} requests open: it cannot be closed",
        ),
        where=budget,
        expected=Label("没有冻结、全部入账", "nothing frozen, everything booked"),
        remedy=Label("先 dafeng budget book，并解冻", "book first, and release what is frozen"),
    )
