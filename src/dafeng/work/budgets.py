"""``budgets``: trees of a city on its ledger: booked by differences, used, frozen, closed, and told as a table.

Invariant: the files of the city say what shall be, the ledger says what is; nothing is booked that both agree on.
"""

from __future__ import annotations

from collections.abc import Sequence

from dafeng.core.errors import ConflictError
from dafeng.core.labels import Label
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.refusals import Refused, reasons
from dafeng.ledger.requests import Request
from dafeng.work.budget_files import list_budget_files
from dafeng.work.budget_state import BudgetState, tell_budget
from dafeng.work.budget_steps import find_budget_file, plan_step
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
    file = find_budget_file(city, id)
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
    return _take(city, id, "book")


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
    return _take(city, id, "freeze", node=node, reason=reason)


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
    return _take(city, id, "release", node=node)


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
    return _take(city, id, "close")


def _take(city: City, id: str, step: str, *, node: str = "", reason: str = "") -> BudgetState:
    file = find_budget_file(city, id)
    with open_city_ledger(city) as ledger:
        asked = plan_step(city, file, ledger, step, node=node, reason=reason)
        return tell_budget(city, file, ledger, _submit(ledger, [asked]))


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
