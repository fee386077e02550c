"""Credit projects as steps that were taken, one after the other: what they make of a project, and which step may come next.

Invariant: a step is only ever added; a cancelled project never returns, one body never both validates and verifies where the
scheme forbids it, and a reduction has one use.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, NamedTuple

from dafeng.core.labels import Label
from dafeng.core.persons import fold_person
from dafeng.ledger.eligibility import Outcome, Schemes, Test, Value, run_tests
from dafeng.ledger.project_values import fold_assets, logged_day, overlaps, read_day_of, read_facts, shift_years
from dafeng.ledger.refusals import Reason

OVER = "withdrawn"
"""State of a period that claims nothing."""
BOUNDARY = ("scene", "place", "operator")
"""What a boundary may name."""


class Step(NamedTuple):
    """A step that somebody takes; ``values`` holds what belongs to it, as JSON knows it."""

    id: str
    project: str
    step: str
    who: str
    day: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StepKind:
    """A kind of step.

    Parameters
    ----------
    name : str
        Its name.
    label : Label
        Name in words.
    of : str
        ``project``, ``period`` or ``asset``.
    before : frozenset of str
        States in which it may be taken; the empty word where there is none yet.
    after : str
        State that it leads to.
    role : str
        Who takes it.
    """

    name: str
    label: Label
    of: str
    before: frozenset[str]
    after: str
    role: str


@dataclass
class Period:
    """A monitored period of a project.

    Parameters
    ----------
    start, end : str
        First and last day.
    state : str
        ``monitored``, ``verified``, ``issuing``, ``issued``, ``taking_back`` or ``withdrawn``.
    reported : int
        Reduction as reported. [t]
    begun : str
        Day on which the public notice of the report began.
    verified : int or None
        Reduction as verified. [t]
    verifier : str
        Who verified it.
    issued : str
        Day of issue; empty before it.
    verified_on, applied : str
        Days of verification and of the application for issue; empty before them.
    backs : int
        How often an issue of it was taken back.
    """

    start: str
    end: str
    state: str
    reported: int
    begun: str
    verified: int | None = None
    verifier: str = ""
    issued: str = ""
    verified_on: str = ""
    applied: str = ""
    backs: int = 0

    @property
    def asked(self) -> str:
        """Day at which its tests are asked: of the application, else the last that is known."""
        return self.applied or self.verified_on or self.begun


@dataclass
class Project:
    """A project as its steps made it.

    Parameters
    ----------
    id, scheme, method, owner, name : str
        What it is and whose.
    assets : tuple of str
        Plants or pieces of land that its reductions come from.
    facts : mapping
        What is known of it.
    state : str
        ``entered``, ``published``, ``validated``, ``registered`` or ``cancelled``.
    day : str
        Day of its last step.
    noticed : str
        Day on which the public notice of its design began; empty before it.
    validator : str
        Who validated it.
    periods : dict of str to Period
        Monitored periods by their days.
    steps : list of Step
        Its steps in order.
    boundary : tuple of mapping of str to str
        Scenes, places and operators of carbon inclusion from which it earns, as `BOUNDARY`; none for most.
    """

    id: str
    scheme: str
    method: str
    owner: str
    name: str
    assets: tuple[str, ...]
    facts: Mapping[str, Value]
    state: str = "entered"
    day: str = ""
    noticed: str = ""
    validator: str = ""
    periods: dict[str, Period] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    boundary: tuple[Mapping[str, str], ...] = ()


class Use(NamedTuple):
    """Another use of the reductions of a plant or piece of land between two days."""

    asset: str
    use: str
    start: str
    end: str
    who: str


class Register:
    """All projects and other uses; steps are put in by `Register.take`.

    Parameters
    ----------
    schemes : Schemes
        What may be asked for.
    """

    def __init__(self, schemes: Schemes) -> None:
        self.schemes = schemes
        self.projects: dict[str, Project] = {}
        self.uses: list[Use] = []

    def take(self, step: Step) -> None:
        """Put a step in that was checked before.

        Parameters
        ----------
        step : Step
            From the log, or past `check`.
        """
        kind, values = step_kinds()[step.step], step.values
        if kind.of == "asset":
            self.uses.append(Use(values["asset"], values["use"], values["start"], values["end"], step.who))
            return
        if step.step == "enter":
            self.projects[step.project] = _project(step, self.schemes)
        project = self.projects[step.project]
        project.steps.append(step)
        day = project.day = logged_day(step.day)
        if kind.of == "period":
            _take_period(project, step, kind)
            return
        project.state = kind.after
        if step.step == "amend":
            project.facts = {**project.facts, **read_facts(values.get("facts", {}), self.schemes.facts, logged=True)}
            project.noticed = ""
        elif step.step == "publish":
            project.noticed = day
        elif step.step == "validate":
            project.validator = step.who


def ask_project(project: Project, schemes: Schemes) -> tuple[Outcome, ...]:
    """What the tests of eligibility say of a project.

    Parameters
    ----------
    project : Project
        The project.
    schemes : Schemes
        Where its tests stand.

    Returns
    -------
    tuple of Outcome
        Those of its scheme, without the ones its method exempts from, and those of its method.
    """
    scheme, method = schemes.schemes[project.scheme], schemes.methods[project.method]
    tests: list[Test] = [one for one in scheme.project_tests if one.id not in method.exempt]
    return run_tests([*tests, *method.project_tests], project.facts)


def ask_period(project: Project, period: Period, applied: str, schemes: Schemes) -> tuple[Outcome, ...]:
    """What the tests of eligibility say of a period.

    Parameters
    ----------
    project : Project
        The project.
    period : Period
        The period.
    applied : str
        Day of the application.
    schemes : Schemes
        Where its tests stand.

    Returns
    -------
    tuple of Outcome
        Those of its scheme and of its method.
    """
    scheme, method = schemes.schemes[project.scheme], schemes.methods[project.method]
    day = read_day_of(applied)
    facts: dict[str, Value] = {
        **project.facts,
        "period_start": read_day_of(period.start).toordinal(),
        "period_end": read_day_of(period.end).toordinal(),
        "application": day.toordinal(),
    }
    if scheme.lookback is not None:
        facts["lookback_start"] = shift_years(day, -scheme.lookback).toordinal()
    return run_tests([*scheme.period_tests, *method.period_tests], facts)


def find_claims(register: Register, assets: Iterable[str], start: str, end: str, *, besides: str = "") -> tuple[str, ...]:
    """Who else claims the reductions of plants or land between two days.

    Parameters
    ----------
    register : Register
        What there is.
    assets : iterable of str
        The plants or pieces of land.
    start, end : str
        First and last day.
    besides : str, optional
        A project that is left out.

    Returns
    -------
    tuple of str
        Uses and periods of projects, in words.
    """
    wanted = fold_assets(assets)
    found = [
        f"{one.use} {one.start}/{one.end}"
        for one in register.uses
        if fold_person(one.asset) in wanted and overlaps(one.start, one.end, start, end)
    ]
    for project in register.projects.values():
        if project.id != besides and wanted & fold_assets(project.assets):
            found += [
                f"{project.id} {period.start}/{period.end}"
                for period in project.periods.values()
                if period.state != OVER and overlaps(period.start, period.end, start, end)
            ]
    return tuple(found)


def find_begun(register: Register, step: Step) -> Step | None:
    """Step that began what a step would finish: an issue or its taking back whose end is not in the log.

    Parameters
    ----------
    register : Register
        What there is.
    step : Step
        ``issue`` or ``take_back``.

    Returns
    -------
    Step or None
        That of the same kind and period, if ``step`` has its id or none.
    """
    project = register.projects.get(step.project)
    key = f"{step.values.get('start')}/{step.values.get('end')}"
    period = None if project is None else project.periods.get(key)
    if project is None or period is None or period.state != step_kinds()[step.step].after:
        return None
    begun = [one for one in project.steps if one.step == step.step and f"{one.values['start']}/{one.values['end']}" == key][-1]
    return begun if not step.id or step.id == begun.id else None


def _project(step: Step, schemes: Schemes) -> Project:
    values = step.values
    facts = read_facts(values.get("facts", {}), schemes.facts, logged=True)
    name = str(values.get("name") or step.project)
    boundary = tuple(MappingProxyType(dict(one)) for one in values.get("boundary", ()))
    return Project(
        step.project, values["scheme"], values["method"], step.who, name, tuple(values["assets"]), facts, boundary=boundary
    )


def _take_period(project: Project, step: Step, kind: StepKind) -> None:
    values, day = step.values, logged_day(step.day)
    key = f"{values['start']}/{values['end']}"
    if step.step == "monitor":
        backs = project.periods[key].backs if key in project.periods else 0
        project.periods[key] = Period(values["start"], values["end"], kind.after, values["quantity"], day, backs=backs)
        return
    period = project.periods[key]
    period.state = kind.after
    if step.step == "verify":
        period.verified, period.verifier, period.verified_on = values["quantity"], step.who, day
    elif step.step == "issue":
        period.applied = logged_day(str(values.get("applied") or day))
    elif step.step == "return":
        period.applied = ""
    elif step.step == "book":
        period.issued = day
    elif step.step == "unbook":
        period.issued, period.applied, period.backs = "", "", period.backs + 1


@lru_cache(maxsize=1)
def step_kinds() -> Mapping[str, StepKind]:
    """Kinds of steps by name.

    Returns
    -------
    mapping of str to StepKind
        In the order of the table.
    """
    made = {
        row["step"]: StepKind(
            row["step"], Label(row["zh"], row["en"]), row["of"], frozenset(row["from"].split() or [""]), row["to"], row["role"]
        )
        for row in _rows("credit_steps.csv")
    }
    return MappingProxyType(made)


@lru_cache(maxsize=1)
def credit_reasons() -> Mapping[str, Reason]:
    """Reasons to refuse a step, by code.

    Returns
    -------
    mapping of str to Reason
        In the order of the table.
    """
    made = {
        row["code"]: Reason(row["code"], "", Label(row["zh"], row["en"]), Label(row["remedy_zh"], row["remedy_en"]))
        for row in _rows("credit_refusals.csv")
    }
    return MappingProxyType(made)


def _rows(name: str) -> list[dict[str, str]]:
    text = files("dafeng").joinpath("data", "rights", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
