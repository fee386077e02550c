"""Steps of a budget asked for as orders: who asks is kept, and a second person decides on what was asked.

Invariant: what a step would book is worked out when it is asked for, and nothing else is booked when it is approved.
"""

from __future__ import annotations

from dafeng.ledger.act import name_own
from dafeng.ledger.budget_act import BudgetStep
from dafeng.ledger.budget_books import read_books
from dafeng.ledger.requests import encode
from dafeng.store.records import Records
from dafeng.work.budget_steps import find_budget_file, plan_step
from dafeng.work.city import City
from dafeng.work.city_ledger import open_city_ledger
from dafeng.work.noted_orders import Order, find_known
from dafeng.work.review import using
from dafeng.work.right_orders import place_act
from dafeng.work.rights import Rights

ENDED = ("refused", "rejected")
"""States of an order after which the same step may be asked for anew."""


def ask_budget(
    city: City, id: str, step: str, *, who: str, node: str = "", reason: str = "", records: Records | None = None
) -> Order | None:
    """Ask for a step of a budget.

    Parameters
    ----------
    city : City
        The city.
    id : str
        Id of the budget.
    step : {"book", "freeze", "release", "close"}
        What is done.
    who : str
        Who asks.
    node : str, optional
        Node that is frozen or released with those below it.
    reason : str, optional
        Why it is frozen.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Order or None
        Waits for a second person; asked again, it is the same order. ``None`` where nothing is to be done.

    Raises
    ------
    LookupFailure
        If there is no such budget or node.
    DefinitionError
        If the files ask for what cannot be.
    SettingError
        If nobody is named, a reason is missing, or what happens to what is unused.
    ConflictError
        If it is to be closed while something is frozen, or the files ask for more than is booked.
    """
    file = find_budget_file(city, id)
    with open_city_ledger(city, reads=True) as ledger:
        asked = plan_step(city, file, ledger, step, node=node, reason=reason.strip())
        book = read_books(ledger, file.budget).own["book"]
    if not asked:
        return None
    budget = file.budget
    effective = budget.end if step == "close" else budget.nodes[0].effective
    spelled = tuple((one.id, encode(one)) for one in asked)
    act = BudgetStep("", id, step, book, effective, budget.unit, budget.scale, node, reason.strip(), spelled)
    with using(city, records) as opened, Rights(city) as rights:
        act = act._replace(id=name_own(act))
        while (known := find_known(rights, act.id, records=opened)) is not None and known.state in ENDED:
            act = act._replace(again=act.again + 1)
            act = act._replace(id=name_own(act))
        return place_act(rights, act, asked, who=who, records=opened, pair=True)
