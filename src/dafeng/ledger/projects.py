"""Credit projects as steps that were taken, one after the other: what they make of a project, and which step may come next.

Invariant: a step is only ever added; a cancelled project never returns, one body never both validates and verifies where the
scheme forbids it, and a reduction has one use.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, NamedTuple

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.ledger.eligibility import Fact, Outcome, Scheme, Schemes, Test, Value, run_tests
from dafeng.ledger.refusals import Reason, Refusal
from dafeng.ledger.requests import is_whole
from dafeng.ledger.working_days import is_over
from dafeng.library.strict import number

OVER = "withdrawn"
"""State of a period that claims nothing."""


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
    """A monitored period of a project; quantities in t CO2e, none before they are stated."""

    start: str
    end: str
    state: str
    reported: int
    begun: str
    verified: int | None = None
    verifier: str = ""
    issued: str = ""


@dataclass
class Project:
    """A project as its steps made it."""

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
        project.day = step.day
        if kind.of == "period":
            _take_period(project, step, kind)
            return
        project.state = kind.after
        if step.step == "amend":
            project.facts = {**project.facts, **read_facts(values.get("facts", {}), self.schemes.facts)}
            project.noticed = ""
        elif step.step == "publish":
            project.noticed = step.day
        elif step.step == "validate":
            project.validator = step.who


def check(register: Register, step: Step, holidays: Mapping[str, bool]) -> None:
    """Whether a step may be taken.

    Parameters
    ----------
    register : Register
        What there is.
    step : Step
        The step.
    holidays : mapping
        From `read_holidays`.

    Raises
    ------
    Refusal
        With a code of ``credit_refusals.csv``.
    """
    kind = step_kinds().get(step.step)
    if kind is None:
        raise Refusal("step_unknown", step.step)
    if not step.who.strip():
        raise Refusal("role_missing", kind.role)
    _read_day(step.day)
    if kind.of == "asset":
        _check_use(register, step)
        return
    if step.step == "enter":
        _check_entry(register, step)
        return
    project = register.projects.get(step.project)
    if project is None:
        raise Refusal("project_unknown", step.project)
    if project.state == "cancelled":
        raise Refusal("project_cancelled", project.id)
    if step.day < project.day:
        raise Refusal("day_wrong", f"{step.day} < {project.day}")
    if kind.of == "period":
        _check_period(register, project, step, kind, holidays)
        return
    if project.state not in kind.before:
        raise Refusal("step_wrong", f"{project.state} → {step.step}")
    if step.step == "amend":
        read_facts(step.values.get("facts", {}), register.schemes.facts)
    elif step.step in ("validate", "register"):
        scheme = register.schemes.schemes[project.scheme]
        _check_notice(scheme, project.noticed, step.day, holidays)
        _demand(ask_project(project, register.schemes))


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
    day = _read_day(applied)
    facts: dict[str, Value] = {
        **project.facts,
        "period_start": _read_day(period.start).toordinal(),
        "period_end": _read_day(period.end).toordinal(),
        "application": day.toordinal(),
    }
    if scheme.lookback is not None:
        facts["lookback_start"] = shift_years(day, -scheme.lookback).toordinal()
    return run_tests([*scheme.period_tests, *method.period_tests], facts)


def shift_years(day: date, years: int) -> date:
    """The same day in another year.

    Parameters
    ----------
    day : date
        The day.
    years : int
        How many years later. [a]

    Returns
    -------
    date
        The 28th for a 29th of February that is none.
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def read_facts(read: Any, known: Mapping[str, Fact]) -> Mapping[str, Value]:
    """Facts from what was handed in.

    Parameters
    ----------
    read : object
        Name → value; ``None`` is a fact that is not known.
    known : mapping
        Facts that tests may ask for.

    Returns
    -------
    mapping of str to value
        Days as ordinals, numbers exact.

    Raises
    ------
    Refusal
        ``fact_unknown``.
    """
    if not isinstance(read, Mapping):
        raise Refusal("fact_unknown", "facts")
    made: dict[str, Value] = {}
    for name, value in read.items():
        if name not in known:
            raise Refusal("fact_unknown", str(name))
        if value is not None:
            made[name] = _fact(known[name], value)
    return made


def _fact(fact: Fact, value: Any) -> Value:
    if fact.kind == "flag" and isinstance(value, bool):
        return value
    if fact.kind == "word" and isinstance(value, str) and value:
        return value
    try:
        if fact.kind == "day" and isinstance(value, str):
            return date.fromisoformat(value).toordinal()
        if fact.kind == "number" and not isinstance(value, bool):
            return Decimal(number(str(value), fact.name))
    except (ValueError, DefinitionError):
        pass
    raise Refusal("fact_unknown", f"{fact.name}: {value}")


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
    wanted = frozenset(assets)
    found = [
        f"{one.use} {one.start}/{one.end}"
        for one in register.uses
        if one.asset in wanted and _meet(one.start, one.end, start, end)
    ]
    for project in register.projects.values():
        if project.id != besides and wanted & set(project.assets):
            found += [
                f"{project.id} {period.start}/{period.end}"
                for period in project.periods.values()
                if period.state != OVER and _meet(period.start, period.end, start, end)
            ]
    return tuple(found)


def _meet(start: str, end: str, other_start: str, other_end: str) -> bool:
    return start <= other_end and other_start <= end


def _check_entry(register: Register, step: Step) -> None:
    schemes, values = register.schemes, step.values
    if (before := register.projects.get(step.project)) is not None:
        raise Refusal("project_cancelled" if before.state == "cancelled" else "project_exists", step.project)
    scheme = schemes.schemes.get(str(values.get("scheme")))
    if scheme is None:
        raise Refusal("scheme_unknown", str(values.get("scheme")))
    if values.get("method") not in scheme.methods:
        raise Refusal("method_unknown", f"{scheme.id}: {values.get('method')}")
    assets = values.get("assets")
    if not isinstance(assets, list | tuple) or not assets or not all(isinstance(one, str) and one for one in assets):
        raise Refusal("asset_missing", step.project)
    read_facts(values.get("facts", {}), schemes.facts)
    for other in register.projects.values():
        if other.state == "cancelled" and other.scheme == scheme.id and set(assets) & set(other.assets):
            raise Refusal("project_cancelled", other.id)


def _check_use(register: Register, step: Step) -> None:
    values = step.values
    if values.get("use") not in register.schemes.uses:
        raise Refusal("use_unknown", str(values.get("use")))
    if not isinstance(values.get("asset"), str) or not values["asset"]:
        raise Refusal("asset_missing", step.project)
    start, end = _read_span(values)
    if claims := find_claims(register, [values["asset"]], start, end):
        raise Refusal("used_elsewhere", claims[0])


def _check_period(register: Register, project: Project, step: Step, kind: StepKind, holidays: Mapping[str, bool]) -> None:
    if project.state != "registered":
        raise Refusal("step_wrong", f"{project.state} → {step.step}")
    start, end = _read_span(step.values)
    period = project.periods.get(f"{start}/{end}")
    state = "" if period is None or (period.state == OVER and step.step == "monitor") else period.state
    if state not in kind.before:
        raise Refusal("period_unknown" if period is None else "step_wrong", f"{start}/{end} {state} → {step.step}")
    scheme = register.schemes.schemes[project.scheme]
    if step.step == "monitor":
        _check_monitored(register, project, step, start, end)
    if period is None or step.step in ("monitor", "withdraw", "book", "return"):
        return
    if step.step == "verify":
        _check_notice(scheme, period.begun, step.day, holidays)
        if scheme.bodies_differ and _body(step.who) == _body(project.validator):
            raise Refusal("bodies_same", step.who)
        if not is_whole(step.values.get("quantity")) or step.values["quantity"] > period.reported:
            raise Refusal("quantity_wrong", str(step.values.get("quantity")))
    if step.step == "issue":
        _demand(ask_project(project, register.schemes))
        _demand(ask_period(project, period, str(step.values.get("applied") or step.day), register.schemes))
        if claims := find_claims(register, project.assets, start, end, besides=project.id):
            raise Refusal("used_elsewhere", claims[0])


def _check_monitored(register: Register, project: Project, step: Step, start: str, end: str) -> None:
    if end >= step.day:
        raise Refusal("period_wrong", f"{end} >= {step.day}")
    if not is_whole(step.values.get("quantity")):
        raise Refusal("quantity_wrong", str(step.values.get("quantity")))
    for other in project.periods.values():
        if other.state != OVER and _meet(other.start, other.end, start, end):
            raise Refusal("period_overlaps", f"{other.start}/{other.end}")
    if claims := find_claims(register, project.assets, start, end, besides=project.id):
        raise Refusal("used_elsewhere", claims[0])


def _check_notice(scheme: Scheme, begun: str, day: str, holidays: Mapping[str, bool]) -> None:
    if scheme.notice is None:
        return
    if not begun or is_over(_read_day(begun), _read_day(day), scheme.notice, holidays) != "met":
        raise Refusal("notice_running", f"{begun} + {scheme.notice}")


def _demand(outcomes: Sequence[Outcome]) -> None:
    """Every test must be met; one that is not met counts more than one that is not known."""
    for code, answer in (("not_eligible", "not_met"), ("not_known", "not_known")):
        if found := [one.test.id for one in outcomes if one.answer == answer]:
            raise Refusal(code, ", ".join(found))


def _body(name: str) -> str:
    return "".join(name.split()).casefold()


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise Refusal("day_wrong", str(text)) from None


def _read_span(values: Mapping[str, Any]) -> tuple[str, str]:
    start, end = str(values.get("start")), str(values.get("end"))
    try:
        sound = date.fromisoformat(start).isoformat() == start and date.fromisoformat(end).isoformat() == end and start <= end
    except ValueError:
        sound = False
    if not sound:
        raise Refusal("period_wrong", f"{start}/{end}")
    return start, end


def _project(step: Step, schemes: Schemes) -> Project:
    values = step.values
    facts = read_facts(values.get("facts", {}), schemes.facts)
    name = str(values.get("name") or step.project)
    return Project(step.project, values["scheme"], values["method"], step.who, name, tuple(values["assets"]), facts)


def _take_period(project: Project, step: Step, kind: StepKind) -> None:
    values = step.values
    key = f"{values['start']}/{values['end']}"
    if step.step == "monitor":
        project.periods[key] = Period(values["start"], values["end"], kind.after, values["quantity"], step.day)
        return
    period = project.periods[key]
    period.state = kind.after
    if step.step == "verify":
        period.verified, period.verifier = values["quantity"], step.who
    elif step.step == "book":
        period.issued = step.day


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
