"""Reductions of credit projects by the equations of their methods.

Invariant: a method whose equations were not read gives no quantity; the meter's correction is worked out first and shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.ledger.eligibility import read_schemes
from dafeng.ledger.policies import Worked, need_policy, read_policies, work_out
from dafeng.library.strict import number
from dafeng.work.city import City
from dafeng.work.policy_values import check_inputs


def reduction(
    method: str, values: Mapping[str, Decimal], *, meter: str = "in_class", city: City | None = None
) -> tuple[Worked | None, Worked]:
    """Reduction of a period by the equations of a method.

    Parameters
    ----------
    method : str
        Id of the method.
    values : mapping
        Inputs by name.
    meter : str, optional
        How the meter was calibrated: ``in_class``, ``late`` or ``out_of_class``.
    city : City, optional
        City whose own policies count too.

    Returns
    -------
    (Worked or None, Worked)
        The correction of the meter where the method has one, and the reduction.

    Raises
    ------
    LookupFailure
        If the method is not known.
    SettingError
        If its equations were not read.
    """
    folders = () if city is None else (city.overlay,)
    policies, schemes = read_policies(*folders), read_schemes(*folders)
    found = schemes.methods.get(method)
    if found is None or not found.policy:
        raise SettingError(
            Label(f"方法学“{method}”没有已读到的算式", f"no equations of method '{method}' were read"),
            where="METHOD",
            expected=Label(*(", ".join(one.id for one in schemes.methods.values() if one.policy),) * 2),
            remedy=Label("使用经核查的报告数量", "use the quantity of the verified report"),
        )
    policy = need_policy(policies, found.policy)
    if "exported" not in {one.name for one in policy.given}:
        return None, work_out(policy, check_inputs(policy, values))
    corrected = need_policy(policies, f"meter.{meter}")
    before = work_out(corrected, check_inputs(corrected, values))
    after = {**values, "exported": before["corrected_export"], "imported": before["corrected_import"]}
    return before, work_out(policy, check_inputs(policy, after))


def read_values(texts: list[str]) -> dict[str, Any]:
    """Inputs from ``name=value`` texts.

    Parameters
    ----------
    texts : list of str
        As typed; whole numbers become whole numbers, everything else stays text.

    Returns
    -------
    dict
        By name.

    Raises
    ------
    SettingError
        If one is not of this form.
    """
    made: dict[str, Any] = {}
    for text in texts:
        name, mark, value = text.partition("=")
        if not mark or not name.strip():
            raise SettingError(
                Label(f"“{text}”写法不成立", f"'{text}' is not of the form name=value"),
                where="--set",
                expected=Label("名称=值", "name=value"),
                remedy=Label("改正该选项", "correct the option"),
            )
        made[name.strip()] = int(value) if value.strip().isdigit() else value.strip()
    return made


def read_numbers(values: Mapping[str, Any]) -> dict[str, Decimal]:
    """Numbers from what was typed.

    Parameters
    ----------
    values : mapping
        From `read_values`.

    Returns
    -------
    dict of str to Decimal
        Exact.

    Raises
    ------
    DefinitionError
        If one is no plain number.
    """
    return {name: Decimal(number(str(value), f"--set {name}")) for name, value in values.items()}
