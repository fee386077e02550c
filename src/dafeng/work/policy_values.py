"""One policy worked out for given inputs.

Invariant: an input outside its bounds is refused before anything is worked out.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.ledger.allowances import within
from dafeng.ledger.policies import Policy, Worked, need_policy, read_policies, work_out


def work_policy(id: str, values: Mapping[str, Decimal | None], *folders: Path) -> Worked:
    """Work a policy out.

    Parameters
    ----------
    id : str
        Id of the policy.
    values : mapping
        Inputs by name; ``None`` is not known.
    *folders : Path
        Overlay folders of a province or city.

    Returns
    -------
    Worked
        With its steps and what is missing.

    Raises
    ------
    LookupFailure
        If there is no such policy.
    SettingError
        If an input is out of its bounds.
    """
    policy = need_policy(read_policies(*folders), id)
    return work_out(policy, check_inputs(policy, values), where=id)


def check_inputs(policy: Policy, values: Mapping[str, Decimal | None]) -> Mapping[str, Decimal]:
    """Those inputs that a policy knows.

    Parameters
    ----------
    policy : Policy
        The policy.
    values : mapping
        Inputs by name; ``None`` is not known.

    Returns
    -------
    mapping of str to Decimal
        Names of its terms and constants only.

    Raises
    ------
    SettingError
        If one is out of its bounds.
    """
    known = {name: value for name, value in values.items() if value is not None}
    for term in policy.given:
        if term.name in known and not within(term, known[term.name]):
            raise SettingError(
                Label(f"{term.label.zh} {known[term.name]} 超出范围", f"{term.label.en} {known[term.name]} is out of bounds"),
                where=term.name,
                expected=Label(
                    f"{_bound(term.least, '−∞')} 至 {_bound(term.most, '∞')}（{term.unit}）",
                    f"{_bound(term.least, '-inf')} to {_bound(term.most, 'inf')} ({term.unit})",
                ),
                remedy=Label("核对单位和数值", "check unit and figure"),
            )
    names = {one.name for one in policy.given} | {one.name for one in policy.constants}
    return {name: value for name, value in known.items() if name in names}


def _bound(value: Decimal | None, word: str) -> str:
    return word if value is None else str(value)
