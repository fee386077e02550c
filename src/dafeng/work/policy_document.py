"""Policies that were worked out, and findings, as JSON-able values.

Invariant: a quantity never stands without its equation, its inputs, its edition, source and grade.
"""

from __future__ import annotations

from typing import Any

from dafeng.core.findings import Finding
from dafeng.core.labels import read_wording
from dafeng.ledger.policies import Worked, write_number


def worked_document(worked: Worked) -> dict[str, Any]:
    """A policy that was worked out.

    Parameters
    ----------
    worked : Worked
        From `work_out`.

    Returns
    -------
    dict
        Policy, value, steps, inputs, constants and what is missing; ``clause`` as published, ``clause_says`` in both languages.
    """
    policy = worked.policy
    return {
        "policy": policy.id,
        "label": {"zh": policy.label.zh, "en": policy.label.en},
        "status": policy.status,
        "source": policy.source,
        "clause": read_wording(policy.clause, "zh"),
        "clause_says": {"zh": read_wording(policy.clause, "zh"), "en": read_wording(policy.clause, "en")},
        "grade": policy.grade,
        "note": policy.note,
        "value": None if worked.value is None else write_number(worked.value),
        "whole": worked.whole,
        "unit": policy.steps[-1].unit,
        "state": "measured" if worked.value is not None else "not_measurable",
        "steps": [
            {
                "name": line.step.name,
                "label": {"zh": line.step.label.zh, "en": line.step.label.en},
                "formula": str(line.step.expression),
                "value": None if line.value is None else write_number(line.value),
                "unit": line.step.unit,
                "says": {"zh": line.says.zh, "en": line.says.en},
            }
            for line in worked.lines
        ],
        "inputs": {name: write_number(value) for name, value in worked.inputs.items()},
        "constants": {
            one.name: {"value": None if one.value is None else str(one.value), "source": one.source, "grade": one.grade}
            for one in policy.constants
        },
        "missing": [{"name": one.name, "label": {"zh": one.label.zh, "en": one.label.en}} for one in worked.missing],
    }


def finding_document(one: Finding) -> dict[str, Any]:
    """A finding as JSON-able values.

    Parameters
    ----------
    one : Finding
        The finding.

    Returns
    -------
    dict
        Rule, place, severity and both texts.
    """
    return {
        "rule": one.rule,
        "at": one.at,
        "severity": one.severity,
        "says": {"zh": one.says.zh, "en": one.says.en},
        "remedy": {"zh": one.remedy.zh, "en": one.remedy.en},
    }
