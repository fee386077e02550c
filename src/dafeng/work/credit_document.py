"""Credit projects as JSON-able values: state, tests, periods, units, steps.

Invariant: a test is shown with its answer, what it lacks, its source and grade; nothing is left out because it is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from dafeng.core.labels import read_wording
from dafeng.ledger.eligibility import Outcome, Scheme, Schemes
from dafeng.ledger.project_values import shift_years
from dafeng.ledger.projects import Period, Project, Step, ask_period, ask_project, step_kinds
from dafeng.ledger.refusals import Refusal
from dafeng.ledger.working_days import count_days
from dafeng.work.credits import Credits, credit_refused


def credits_document(found: Credits, *, project: str = "") -> dict[str, Any]:
    """Projects as JSON-able values.

    Parameters
    ----------
    found : Credits
        From `read_credits`.
    project : str, optional
        Only this one.

    Returns
    -------
    dict
        ``projects`` and ``uses``.

    Raises
    ------
    SettingError
        If there is no such project.
    """
    register = found.register
    if project and project not in register.projects:
        raise credit_refused(Refusal("project_unknown", project))
    return {
        "projects": [_document(one, found) for one in register.projects.values() if project in ("", one.id)],
        "uses": [dict(one._asdict()) for one in register.uses],
    }


def _document(one: Project, found: Credits) -> dict[str, Any]:
    schemes = found.register.schemes
    scheme, method = schemes.schemes[one.scheme], schemes.methods[one.method]
    issued = [period.issued for period in one.periods.values() if period.issued]
    last = max(issued, default="")
    return {
        "id": one.id,
        "name": one.name,
        "owner": one.owner,
        "state": one.state,
        "scheme": {"id": scheme.id, "zh": scheme.label.zh, "en": scheme.label.en, "offsets": scheme.offsets},
        "method": {"id": method.id, "zh": method.label.zh, "en": method.label.en, "grade": method.grade, "note": method.note},
        "assets": list(one.assets),
        "boundary": [dict(part) for part in one.boundary],
        "validator": one.validator,
        "tests": [outcome_document(said) for said in ask_project(one, schemes)],
        "periods": [_period_document(one, period, schemes) for period in one.periods.values()],
        "units": {sort: f"{n:f}" if isinstance(n, Decimal) else n for sort, n in found.units.get(one.id, {}).items()},
        "keep_until": shift_years(date.fromisoformat(last), scheme.keep).isoformat() if last and scheme.keep else None,
        "steps": [_step_document(step, scheme, found.holidays) for step in one.steps],
    }


def _step_document(step: Step, scheme: Scheme, holidays: Mapping[str, bool]) -> dict[str, Any]:
    kind = step_kinds()[step.step]
    made: dict[str, Any] = {"step": step.step, "zh": kind.label.zh, "en": kind.label.en, "who": step.who, "day": step.day}
    applied = step.values.get("applied")
    if step.step in ("register", "issue") and isinstance(applied, str) and scheme.review is not None:
        least, most = count_days(date.fromisoformat(applied), date.fromisoformat(step.day), holidays)
        made["review"] = {"limit": scheme.review, "least": least, "most": most}
    return made


def _period_document(project: Project, period: Period, schemes: Schemes) -> dict[str, Any]:
    return {
        "start": period.start,
        "end": period.end,
        "state": period.state,
        "reported": period.reported,
        "verified": period.verified,
        "verifier": period.verifier,
        "issued": period.issued or None,
        "applied": period.applied or None,
        "tests": [outcome_document(said) for said in ask_period(project, period, period.asked, schemes)],
    }


def outcome_document(said: Outcome) -> dict[str, Any]:
    """What a test said, as JSON-able values.

    Parameters
    ----------
    said : Outcome
        From `run_tests`.

    Returns
    -------
    dict
        Test, answer, what is missing, source and grade.
    """
    test = said.test
    return {
        "id": test.id,
        "zh": test.label.zh,
        "en": test.label.en,
        "answer": said.answer,
        "missing": list(said.missing),
        "source": test.source,
        "clause": read_wording(test.clause, "zh"),
        "clause_says": {"zh": read_wording(test.clause, "zh"), "en": read_wording(test.clause, "en")},
        "grade": test.grade,
    }
