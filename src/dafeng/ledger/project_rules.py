"""Which step of a credit project may come next.

Invariant: a step passes only where every condition is known to hold; a refusal names the first that does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dafeng.core.persons import fold_person
from dafeng.core.places import is_place
from dafeng.ledger.eligibility import Outcome, Scheme
from dafeng.ledger.project_values import fold_assets, overlaps, read_day_of, read_facts, read_span
from dafeng.ledger.projects import (
    BOUNDARY,
    OVER,
    Project,
    Register,
    Step,
    StepKind,
    ask_period,
    ask_project,
    find_claims,
    step_kinds,
)
from dafeng.ledger.refusals import Refusal
from dafeng.ledger.requests import is_whole
from dafeng.ledger.working_days import is_over

ENDS = ("book", "return", "unbook", "keep")
"""Steps that say how an issue or its taking back ended; they have its day, whatever was done with another period meanwhile."""
BACK = ("take_back", "unbook", "keep")
"""Steps that take units back; a project that was cancelled can still lose what was wrongly issued to it."""
LONGEST = 64
"""Characters of a name."""


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
    if not fold_person(step.who):
        raise Refusal("role_missing", kind.role)
    _check_names(step)
    read_day_of(step.day)
    if kind.of == "asset":
        _check_use(register, step)
        return
    if step.step == "enter":
        _check_entry(register, step)
        return
    project = register.projects.get(step.project)
    if project is None:
        raise Refusal("project_unknown", step.project)
    if project.state == "cancelled" and step.step not in BACK:
        raise Refusal("project_cancelled", project.id)
    if step.step not in ENDS and read_day_of(step.day) < read_day_of(project.day):
        raise Refusal("day_wrong", f"{step.day} < {project.day}")
    if kind.of == "period":
        _check_period(register, project, step, kind, holidays)
        return
    _check_whole(register, project, step, kind, holidays)


def _check_whole(register: Register, project: Project, step: Step, kind: StepKind, holidays: Mapping[str, bool]) -> None:
    """A step of the project as a whole."""
    if project.state not in kind.before:
        raise Refusal("step_wrong", f"{project.state} → {step.step}")
    begun = [one.state for one in project.periods.values() if one.state in ("issuing", "taking_back")]
    if step.step == "cancel" and begun:
        raise Refusal("step_wrong", f"{begun[0]} → cancel")
    if step.step == "amend":
        read_facts(step.values.get("facts", {}), register.schemes.facts)
    elif step.step in ("validate", "register"):
        scheme = register.schemes.schemes[project.scheme]
        _check_notice(scheme, project.noticed, step.day, holidays)
        if step.step == "register":
            _check_applied(step, project.day)  # of the validation, which is the step before
        _demand(ask_project(project, register.schemes))


def _check_applied(step: Step, after: str) -> str:
    """Day of application, which is the day of the step or between it and what it is about."""
    applied = str(step.values.get("applied") or step.day)
    if not read_day_of(after) <= read_day_of(applied) <= read_day_of(step.day):
        raise Refusal("day_wrong", f"{after} <= {applied} <= {step.day}")
    return applied


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
    _check_boundary(values.get("boundary", []))
    for other in register.projects.values():
        if other.state == "cancelled" and other.scheme == scheme.id and fold_assets(assets) & fold_assets(other.assets):
            raise Refusal("project_cancelled", other.id)


def _check_boundary(read: object) -> None:
    """What a project claims of carbon inclusion: a list of scenes, places and operators."""
    if not isinstance(read, list | tuple):
        raise Refusal("boundary_wrong", str(read))
    for one in read:
        named = isinstance(one, Mapping) and bool(one) and one.keys() <= set(BOUNDARY)
        if not named or not all(isinstance(word, str) and word.strip() for word in one.values()):
            raise Refusal("boundary_wrong", str(one))
        if "place" in one and not is_place(one["place"]):
            raise Refusal("boundary_wrong", one["place"])


def _check_use(register: Register, step: Step) -> None:
    values = step.values
    if values.get("use") not in register.schemes.uses:
        raise Refusal("use_unknown", str(values.get("use")))
    if not isinstance(values.get("asset"), str) or not values["asset"]:
        raise Refusal("asset_missing", step.project)
    start, end = read_span(values)
    if claims := find_claims(register, [values["asset"]], start, end):
        raise Refusal("used_elsewhere", claims[0])


def _check_period(register: Register, project: Project, step: Step, kind: StepKind, holidays: Mapping[str, bool]) -> None:
    if project.state not in (("registered", "cancelled") if step.step in BACK else ("registered",)):
        raise Refusal("step_wrong", f"{project.state} → {step.step}")
    start, end = read_span(step.values)
    period = project.periods.get(f"{start}/{end}")
    state = "" if period is None or (period.state == OVER and step.step == "monitor") else period.state
    if state not in kind.before:
        raise Refusal("period_unknown" if period is None else "step_wrong", f"{start}/{end} {state} → {step.step}")
    scheme = register.schemes.schemes[project.scheme]
    if step.step == "monitor":
        _check_monitored(register, project, step, start, end)
    if period is None or step.step in ("monitor", "withdraw", "take_back", *ENDS):
        return
    if step.step == "verify":
        _check_notice(scheme, period.begun, step.day, holidays)
        if scheme.bodies_differ and fold_person(step.who) == fold_person(project.validator):
            raise Refusal("bodies_same", step.who)
        if not is_whole(step.values.get("quantity")) or step.values["quantity"] > period.reported:
            raise Refusal("quantity_wrong", str(step.values.get("quantity")))
    if step.step == "issue":
        _demand(ask_project(project, register.schemes))
        _demand(ask_period(project, period, _check_applied(step, period.verified_on), register.schemes))
        if claims := find_claims(register, project.assets, start, end, besides=project.id):
            raise Refusal("used_elsewhere", claims[0])


def _check_monitored(register: Register, project: Project, step: Step, start: str, end: str) -> None:
    if read_day_of(end) >= read_day_of(step.day):
        raise Refusal("period_wrong", f"{end} >= {step.day}")
    if not is_whole(step.values.get("quantity")):
        raise Refusal("quantity_wrong", str(step.values.get("quantity")))
    for other in project.periods.values():
        if other.state != OVER and overlaps(other.start, other.end, start, end):
            raise Refusal("period_overlaps", f"{other.start}/{other.end}")
    if claims := find_claims(register, project.assets, start, end, besides=project.id):
        raise Refusal("used_elsewhere", claims[0])


def _check_notice(scheme: Scheme, begun: str, day: str, holidays: Mapping[str, bool]) -> None:
    if scheme.notice is None:
        return
    if not begun or is_over(read_day_of(begun), read_day_of(day), scheme.notice, holidays) != "met":
        raise Refusal("notice_running", f"{begun} + {scheme.notice}")


def _demand(outcomes: Sequence[Outcome]) -> None:
    """Every test must be met; one that is not met counts more than one that is not known."""
    for code, answer in (("not_eligible", "not_met"), ("not_known", "not_known")):
        if found := [one.test.id for one in outcomes if one.answer == answer]:
            raise Refusal(code, ", ".join(found))


def _check_names(step: Step) -> None:
    """Names become ids of the ledger, so they are short and printable."""
    assets = step.values.get("assets")
    named = [step.who, step.project, *(assets if isinstance(assets, list | tuple) else ())]
    for name in named:
        if isinstance(name, str) and (
            len(name) > LONGEST or not name.isprintable() or name != name.strip() or not fold_person(name)
        ):
            raise Refusal("name_wrong", name[:LONGEST])
