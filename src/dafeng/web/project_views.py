"""What the pages of credit projects show: the list by state, and one project with its stages, tests, periods and units.

Invariant: a test that is not known is shown as such with what would settle it, and is never counted as met.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from dafeng.ledger.definitions import account_types
from dafeng.ledger.eligibility import Outcome
from dafeng.ledger.projects import Period, Project, Step, ask_period, ask_project, step_kinds
from dafeng.web.api_choices import Choices
from dafeng.web.asking import Ask
from dafeng.web.compliance_views import tell_amount
from dafeng.web.filters import choose_window
from dafeng.web.labels import Words
from dafeng.web.unknown_choices import take_choices
from dafeng.work.credits import Credits
from dafeng.work.project_steps import (
    DOCUMENT,
    LOGIN,
    find_project,
    offer_steps,
    read_project_blocks,
    read_projects_of,
    sum_blocks,
    tell_outcome,
)

Context = dict[str, Any]
STATES = ("entered", "published", "validated", "registered", "cancelled")
"""States of a project, in order."""
WHOLE, TIMED = ("enter", "publish", "validate", "register"), ("monitor", "verify", "issue", "book")
"""Stages of a project and of each of its periods."""
BLOCKS = 40
"""Blocks of serial numbers that are shown."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a project or of one of its periods.

    Parameters
    ----------
    name : str
        Kind of step.
    state : {"done", "next", "open"}
        Whether it was taken, is the next one, or comes later.
    step : Step or None
        The step that was taken.
    """

    name: str
    state: str
    step: Step | None

    @property
    def login(self) -> str:
        """Account that took it; empty where it was taken on the command line."""
        return "" if self.step is None else str(self.step.values.get(LOGIN, ""))

    @property
    def document(self) -> str:
        """Document behind it; empty where none was named."""
        return "" if self.step is None else str(self.step.values.get(DOCUMENT, ""))


@dataclass(frozen=True, slots=True)
class Listed:
    """A project in the list.

    Parameters
    ----------
    number : int
        Its place in the register.
    project : Project
        The project.
    answers : mapping of str to int
        How many of its tests have which answer.
    issued, retired : int or Decimal
        Units. [t]
    """

    number: int
    project: Project
    answers: Mapping[str, int]
    issued: int | Decimal
    retired: int | Decimal


def build_projects(ask: Ask) -> Context:
    """What the list of projects shows.

    Parameters
    ----------
    ask : Ask
        The request; ``scheme``, ``state``, ``q`` and ``offset`` in its query.

    Returns
    -------
    dict
        Projects that fit, one window of them, and what may be chosen.
    """
    query = ask.request.query_params
    found = read_projects_of(ask.office.rights)
    schemes = found.register.schemes
    known: Choices = {"scheme": schemes.schemes, "state": STATES, "q": None}
    kept, told = take_choices(query, known, "projects", Words(ask.language))
    chosen = {name: text[:64] for name, text in kept.items()}
    listed = list_projects(found)
    rows = [one for one in listed if _fits(one, chosen)]
    window = choose_window(len(rows), query)
    return {
        "rows": rows[window.start : window.end], "window": window, "total": len(listed), "schemes": schemes, "states": STATES,
        "unclear": sum(1 for one in listed if one.answers.get("not_known") and one.project.state != "cancelled"),
        "chosen": {name: text for name, text in chosen.items() if text}, "n": tell_amount, "id": uuid4().hex,
        "today": datetime.now(UTC).date().isoformat(), "unknown_choices": told,
    }  # fmt: skip


def list_projects(found: Credits) -> list[Listed]:
    """All projects with the answers of their tests and their units.

    Parameters
    ----------
    found : Credits
        From `read_projects_of`.

    Returns
    -------
    list of Listed
        In the order of entry.
    """
    schemes, made = found.register.schemes, []
    for number, one in enumerate(found.register.projects.values(), start=1):
        answers: Counter[str] = Counter(said.answer for said in ask_project(one, schemes))
        units = found.units.get(one.id, {})
        made.append(Listed(number, one, answers, sum(units.values()), units.get("retired", 0)))
    return made


def _fits(one: Listed, chosen: Mapping[str, str]) -> bool:
    project, words = one.project, chosen["q"]
    return (
        chosen["scheme"] in ("", project.scheme)
        and chosen["state"] in ("", project.state)
        and (words in project.name or words in project.id or words in project.owner)
    )


def build_project(ask: Ask, number: int) -> Context:
    """What the page of a project shows.

    Parameters
    ----------
    ask : Ask
        The request.
    number : int
        Its place in the register.

    Returns
    -------
    dict
        Stages, tests, periods, serial numbers, and the steps that may come next.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    rights = ask.office.rights
    found = read_projects_of(rights)
    schemes, one = found.register.schemes, find_project(found, number)
    tests = [tell_outcome(said, one, schemes) for said in ask_project(one, schemes)]
    blocks = read_project_blocks(rights, one, limit=BLOCKS + 1)
    units = found.units.get(one.id, {})
    return {
        "number": number, "one": one, "scheme": schemes.schemes[one.scheme], "method": schemes.methods[one.method],
        "tests": tests, "answers": Counter(said["answer"] for said in tests), "stages": _line(one, WHOLE, one.steps),
        "periods": [_period(one, period, found) for period in one.periods.values()], "kinds": step_kinds(),
        "missing": _missing(tests), "offers": offer_steps(one), "blocks": blocks[:BLOCKS], "more_blocks": len(blocks) > BLOCKS,
        "issued": sum(units.values()), "retired": units.get("retired", 0), "types": account_types(), "n": tell_amount,
        "log": [Stage(step.step, "done", step) for step in one.steps], "id": uuid4().hex,
        "today": datetime.now(UTC).date().isoformat(), "size": sum_blocks(blocks),
        "uses": [use for use in found.register.uses if use.asset in one.assets], "use_words": schemes.uses,
    }  # fmt: skip


def _period(project: Project, period: Period, found: Credits) -> Context:
    schemes, key = found.register.schemes, f"{period.start}/{period.end}"
    own = [step for step in project.steps if f"{step.values.get('start')}/{step.values.get('end')}" == key]
    said: Sequence[Outcome] = ask_period(project, period, period.asked, schemes)
    return {
        "key": key, "period": period, "stages": _line(project, TIMED, own),
        "tests": [tell_outcome(one, project, schemes, period=period) for one in said],
    }  # fmt: skip


def _line(project: Project, names: Sequence[str], steps: Sequence[Step]) -> list[Stage]:
    """Stages in order: the last step of each kind since the line was begun anew; the first that lacks one is the next."""
    starts = [at for at, step in enumerate(steps) if step.step in ("amend", "withdraw")]
    fresh = steps[starts[-1] + 1 :] if starts else steps
    taken = {step.step: step for step in steps if step.step == names[0]}
    for one in fresh:
        taken[one.step] = one
        if one.step == "unbook":  # the issue is to be taken anew
            taken = {name: step for name, step in taken.items() if name not in ("issue", "book")}
    made, waiting = [], project.state != "cancelled"
    for name in names:
        step = taken.get(name)
        made.append(Stage(name, "done" if step else "next" if waiting else "open", step))
        waiting = waiting and step is not None
    return made


def _missing(tests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Facts that would settle what is not known, each once."""
    return list({fact["name"]: fact for said in tests for fact in said["missing"]}.values())
