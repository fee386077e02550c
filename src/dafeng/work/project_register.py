"""What the public may know of credit projects: scheme, method, stages with their days, answers of the tests, what was issued.

Invariant: no owner, body, account, login or document is named, nor any fact that a test saw.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dafeng.ledger.projects import Project, Step, ask_project, step_kinds
from dafeng.work.credit_books import find_credit_book
from dafeng.work.credits import Credits
from dafeng.work.project_steps import read_projects_of
from dafeng.work.rights import Rights

STAGES = (
    "enter", "amend", "publish", "validate", "register", "monitor", "verify", "withdraw", "issue", "return", "take_back",
    "unbook", "keep", "cancel",
)  # fmt: skip
"""Steps whose days are public, those that undo another one too: what was undone does not stand alone."""


def public_projects(rights: Rights) -> Mapping[str, tuple[dict[str, Any], ...]]:
    """Projects of a city as the public may know them.

    Parameters
    ----------
    rights : Rights
        Books of the city.

    Returns
    -------
    mapping of str to (tuple of dict)
        Book of the credits → its projects in the order of entry.
    """
    found = read_projects_of(rights)
    told: dict[str, tuple[dict[str, Any], ...]] = {}
    if not found.register.projects:
        return told
    plans = rights.plans()
    with rights.reading() as rows:
        books = {name: find_credit_book(rows, plans, one) for name, one in found.register.schemes.schemes.items()}
    for one in found.register.projects.values():
        book = books[one.scheme]
        told[book.name] = (*told.get(book.name, ()), _tell(one, found, 10**book.scale))
    return told


def _has_period(step: Step) -> bool:
    return step_kinds()[step.step].of == "period"


def _tell(one: Project, found: Credits, parts: int) -> dict[str, Any]:
    schemes = found.register.schemes
    scheme, method = schemes.schemes[one.scheme], schemes.methods[one.method]
    units = found.units.get(one.id, {})
    answers = [said.answer for said in ask_project(one, schemes)]
    return {
        "id": one.id, "name": one.name, "state": one.state,
        "scheme": {"zh": scheme.label.zh, "en": scheme.label.en}, "method": {"zh": method.label.zh, "en": method.label.en},
        "tests": {answer: answers.count(answer) for answer in ("met", "not_met", "not_known")},
        "steps": [
            {
                "step": step.step, "zh": step_kinds()[step.step].label.zh, "en": step_kinds()[step.step].label.en,
                "day": step.day, "period": f"{step.values['start']}/{step.values['end']}" if _has_period(step) else "",
            }
            for step in one.steps
            if step.step in STAGES
        ],
        "periods": [
            {
                "start": period.start, "end": period.end, "state": period.state,
                "issued": period.verified if period.issued else None,
            }
            for period in one.periods.values()
        ],
        "issued": int(sum(units.values()) * parts), "retired": int(units.get("retired", 0) * parts),
    }  # fmt: skip
