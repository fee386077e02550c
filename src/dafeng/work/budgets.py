"""``budgets``: trees of a city on its ledger: booked by differences, used, frozen, closed, and told as a table.

Invariant: the files of the city say what shall be, the ledger says what is; nothing is booked that both agree on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from dafeng.core.errors import ConflictError, DefinitionError, LookupFailure, SettingError
from dafeng.core.labels import Label
from dafeng.ledger.budget_books import BudgetBooks, read_books
from dafeng.ledger.budget_requests import ask_allotment, ask_close, ask_freeze, ask_release, ask_use
from dafeng.ledger.budgets import Budget, allot
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.refusals import Refused, reasons
from dafeng.ledger.requests import Request
from dafeng.work.budget_files import BudgetFile, list_budget_files
from dafeng.work.budget_state import BudgetState, read_uses, tell_budget
from dafeng.work.city import City
from dafeng.work.city_ledger import open_city_ledger


def budgets(city: City) -> tuple[BudgetState, ...]:
    """All budgets of a city as they stand; nothing is booked.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    tuple of BudgetState
        By file name.

    Raises
    ------
    DefinitionError
        If a file breaks its form or asks for what cannot be.
    """
    found = list_budget_files(city)
    if not found:
        return ()
    with open_city_ledger(city, reads=True) as ledger:
        return tuple(tell_budget(city, one, ledger, 0) for one in found)


def show_budget(city: City, id: str) -> BudgetState:
    """A budget of a city as it stands; nothing is booked.

    Parameters
    ----------
    city : City
        The city.
    id : str
        Id of the budget.

    Returns
    -------
    BudgetState
        The budget.

    Raises
    ------
    LookupFailure
        If the city has no such budget.
    DefinitionError
        If its file breaks its form or asks for what cannot be.
    """
    file = _find(city, id)
    with open_city_ledger(city, reads=True) as ledger:
        return tell_budget(city, file, ledger, 0)


def book_budget(city: City, id: str) -> BudgetState:
    """Book what the files say and the ledger does not have yet: allotments, what goes back, and reported use.

    Parameters
    ----------
    city : City
        The city.
    id : str
        Id of the budget.

    Returns
    -------
    BudgetState
        The budget after it; `BudgetState.booked` is 0 where nothing differed.

    Raises
    ------
    LookupFailure
        If the city has no such budget.
    DefinitionError
        If the files ask for what cannot be; nothing is booked then.
    ConflictError
        If the ledger refuses, e.g. because somebody else booked at the same time.
    """
    return _change(city, id, lambda file, ledger: _book(city, file, ledger))


def freeze_budget(city: City, id: str, node: str, *, reason: str) -> BudgetState:
    """Freeze what a node and all nodes below it have left.

    Parameters
    ----------
    city : City
        The city.
    id, node : str
        Ids of the budget and the node.
    reason : str
        Why; kept in the ledger.

    Returns
    -------
    BudgetState
        The budget after it.

    Raises
    ------
    LookupFailure
        If there is no such budget or node.
    SettingError
        If the reason is empty.
    """
    if not reason.strip():
        raise SettingError(
            Label("未写明冻结原因", "no reason was given"),
            where="reason",
            expected=Label("一句原因", "a sentence"),
            remedy=Label("写明原因", "say why"),
        )

    def freeze(file: BudgetFile, ledger: Ledger) -> int:
        nodes, books = _subtree(file.budget, node), read_books(ledger, file.budget)
        return _submit(ledger, [ask_freeze(file.budget, nodes, books, reason=reason)])

    return _change(city, id, freeze)


def release_budget(city: City, id: str, node: str) -> BudgetState:
    """Free what was frozen of a node and all nodes below it.

    Parameters
    ----------
    city : City
        The city.
    id, node : str
        Ids of the budget and the node.

    Returns
    -------
    BudgetState
        The budget after it.

    Raises
    ------
    LookupFailure
        If there is no such budget or node.
    """

    def release(file: BudgetFile, ledger: Ledger) -> int:
        books = read_books(ledger, file.budget)
        return _submit(ledger, [ask_release(file.budget, _subtree(file.budget, node), books)])

    return _change(city, id, release)


def close_budget(city: City, id: str) -> BudgetState:
    """Close the period of a budget: what is unused goes back or lapses, as its file says; then its book is closed.

    Parameters
    ----------
    city : City
        The city.
    id : str
        Id of the budget.

    Returns
    -------
    BudgetState
        The budget after it; closing twice changes nothing.

    Raises
    ------
    LookupFailure
        If the city has no such budget.
    ConflictError
        If something is frozen, or the files ask for more than is booked.
    SettingError
        If the file does not say what happens to what is unused.
    """

    def close(file: BudgetFile, ledger: Ledger) -> int:
        books = read_books(ledger, file.budget)
        if books.state == "closed":
            return 0
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
        return _submit(ledger, [ask_close(file.budget, books, unused=unused, effective=file.budget.end)])

    return _change(city, id, close)


def _change(city: City, id: str, act: Callable[[BudgetFile, Ledger], int]) -> BudgetState:
    file = _find(city, id)
    with open_city_ledger(city) as ledger:
        return tell_budget(city, file, ledger, act(file, ledger))


def _find(city: City, id: str) -> BudgetFile:
    found = {one.budget.id: one for one in list_budget_files(city)}
    if id in found:
        return found[id]
    raise LookupFailure(
        Label(f"没有预算“{id}”", f"there is no budget '{id}'"),
        where="budget",
        expected=Label("、".join(found) or "data/budgets 中的一个预算", ", ".join(found) or "a budget of data/budgets"),
        remedy=Label("核对编号，或在 data/budgets 中交付该预算", "check the id, or deliver the budget in data/budgets"),
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


def _book(city: City, file: BudgetFile, ledger: Ledger) -> int:
    budget = file.budget
    books = read_books(ledger, budget)
    if books.state == "closed":
        return 0
    if books.form != (budget.unit, budget.scale):
        raise _other_form(file, books)
    done = _submit(ledger, [ask_allotment(budget, allot(budget), books)])
    uses, _ = read_uses(city, file)
    books = read_books(ledger, budget)
    asked = [
        ask_use(budget, node, use.quantity, books, effective=_month_end(budget, use.month))[0]
        for node, use in uses.items()
        if use.quantity is not None
    ]
    return done + _submit(ledger, asked)


def _submit(ledger: Ledger, groups: Sequence[Sequence[Request]]) -> int:
    """Book groups in one transaction; what was booked before by the same request counts as nothing new."""
    asked = [group for group in groups if group]
    if not asked:
        return 0
    answers = [one for group in ledger.submit(asked) for one in group]
    refused = next((one for one in answers if isinstance(one, Refused) and one.code != "group_failed"), None)
    if refused is None:
        return sum(not isinstance(one, Refused) and not one.again for one in answers)
    reason = reasons()[refused.code]
    raise ConflictError(
        Label(f"账簿拒绝：{reason.says.zh}（{refused.about}）", f"the ledger refuses: {reason.says.en} ({refused.about})"),
        where=refused.code,
        expected=Label("账簿规则允许的变动", "a change that the rules of the ledger allow"),
        remedy=Label(f"{reason.remedy.zh}；或重试", f"{reason.remedy.en}; or try again"),
    )


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
