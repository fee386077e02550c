"""A task list: every task of a plan with measures, targets, years and organisations, the plan's own or proposed ones.

Invariant: every task stands in it once; an organisation that the plan names is never replaced, and a proposed one is
marked as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dafeng.core.documents import Document
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.plans.candidates import Candidate, Evidence, Ground, find_grounds, find_names, propose
from dafeng.plans.duties import DutyTable
from dafeng.plans.lines import read_lines
from dafeng.plans.measures import Measure, find_measures
from dafeng.plans.plan import Plan, PlanDocument, Target, Task
from dafeng.plans.script import Script

State = Literal["stated", "proposed", "none"]
"""``stated`` by the plan, ``proposed`` from the duties, ``none`` where neither says anything."""
UNSORTED = "unsorted"
"""Field of a task of which no duty speaks."""
MUNICIPALITIES = ("11", "12", "31", "50")
"""First digits of the codes of provinces that are cities."""


@dataclass(frozen=True, slots=True)
class ListedTask:
    """One task of the list.

    Parameters
    ----------
    task : Task
        As the plan has it, with the organisations it names.
    field : str
        Field of work, by the duties that speak of it.
    measures : tuple of Measure
        What it orders; at least its title.
    targets : tuple of Target
        Targets that stand in it.
    years : tuple of int
        Years in which its targets and dated goals are due, rising; empty where the plan names none.
    state : State
        Whose word the organisations are.
    candidates : tuple of Candidate
        Proposals; empty where the plan names organisations.
    reason : Label or None
        Why there is no proposal.
    """

    task: Task
    field: str
    measures: tuple[Measure, ...]
    targets: tuple[Target, ...]
    years: tuple[int, ...]
    state: State
    candidates: tuple[Candidate, ...]
    reason: Label | None


@dataclass(frozen=True, slots=True)
class TaskList:
    """The tasks of a plan as a list to work from.

    Parameters
    ----------
    document : PlanDocument
        Document of the plan.
    place : str or None
        Administrative code.
    tasks : tuple of ListedTask
        In the order of the document.
    duties : DutyTable
        Table that the proposals come from.
    findings : tuple of Finding
        What stands in the way of a better list.
    """

    document: PlanDocument
    place: str | None
    tasks: tuple[ListedTask, ...]
    duties: DutyTable
    findings: tuple[Finding, ...]


def make_task_list(plan: Plan, duties: DutyTable, *, document: Document | None = None) -> TaskList:
    """List the tasks of a plan.

    Parameters
    ----------
    plan : Plan
        The plan.
    duties : DutyTable
        Duties that proposals come from.
    document : Document, optional
        The very document that the plan was read from; without it a task has its title as its only measure.

    Returns
    -------
    TaskList
        One entry per task.
    """
    same = document is not None and document.sha256 == plan.document.sha256
    scripts = read_lines(document)[0] if document is not None and same else ()
    findings = () if same or not plan.tasks else (_without_text(plan, given=document is not None),)
    names = find_names(duties, (one.organisation for task in plan.tasks for one in task.responsible), place=plan.place or "")
    listed = tuple(_listed(task, plan, duties, scripts, names) for task in plan.tasks)
    return TaskList(plan.document, plan.place, listed, duties, (*findings, *_doubts(plan, listed)))


def gather_evidence(task: Task, targets: Sequence[Target], measures: Sequence[Measure]) -> Evidence:
    """Texts of a task in which duties are looked for.

    Parameters
    ----------
    task : Task
        The task.
    targets : sequence of Target
        Its targets.
    measures : sequence of Measure
        Its measures.

    Returns
    -------
    mapping of str to sequence of str
        By place: ``title``, ``target``, ``measure``, ``section``, ``chapter``.
    """
    return {
        "title": (task.title,),
        "target": tuple(target.indicator for target in targets),
        "measure": tuple(measure.text for measure in measures if not measure.titled),
        "section": (task.section,),
        "chapter": (task.chapter,),
    }


def is_city(place: str | None) -> bool:
    """Whether the bodies of a city answer for a place.

    Parameters
    ----------
    place : str or None
        Administrative code.

    Returns
    -------
    bool
        True for cities and for plans without a place; False for the country, provinces and districts.
    """
    return place is None or place[:2] in MUNICIPALITIES or (place.endswith("00") and not place.endswith("0000"))


def tell_year(target: Target) -> int | None:
    """Year in which a target is due.

    Parameters
    ----------
    target : Target
        The target.

    Returns
    -------
    int or None
        The last year of its period, else its year.
    """
    end = (target.period or "")[-4:]
    return int(end) if end.isdigit() else target.year


def _listed(
    task: Task, plan: Plan, duties: DutyTable, scripts: Sequence[Script], names: dict[str, tuple[str, bool]]
) -> ListedTask:
    measures = find_measures(task, scripts=scripts, place=plan.place or "")
    targets = tuple(target for target in plan.targets if target.id in task.targets)
    grounds = find_grounds(gather_evidence(task, targets, measures), duties.hold(plan.place or ""))
    candidates = propose(grounds, names) if not task.responsible and is_city(plan.place) else ()
    state: State = "stated" if task.responsible else "proposed" if candidates else "none"
    reason = _reason(plan, grounds) if state == "none" else None
    return ListedTask(task, _field(grounds), measures, targets, _years(task, plan, targets), state, candidates, reason)


def _years(task: Task, plan: Plan, targets: Sequence[Target]) -> tuple[int, ...]:
    """Years due; a period counts by its last year."""
    dated = [tell_year(target) for target in targets]
    dated += [goal.year for goal in plan.goals if goal.task == task.id]
    return tuple(sorted({year for year in dated if year is not None}))


def _field(grounds: Sequence[Ground]) -> str:
    """Field of the weightiest leading duty; that of any duty where none leads."""
    leading = [ground for ground in grounds if ground.clause.role == "lead"]
    best = max(leading or grounds, key=lambda ground: ground.points, default=None)
    return best.clause.field if best is not None else UNSORTED


def _reason(plan: Plan, grounds: Sequence[Ground]) -> Label:
    if not is_city(plan.place):
        return Label("职责表只列市级部门，不适用于本级方案", "the table lists bodies of cities, not of this level")
    if grounds:
        return Label("与职责表相合的词太少，不作建议", "too few words of the duties stand in it for a proposal")
    return Label("职责表中没有相合的职责", "no duty of the table speaks of it")


def _without_text(plan: Plan, *, given: bool) -> Finding:
    says = Label("没有方案原文，措施只列任务标题", "without the plan's document a task has its title as its only measure")
    if given:
        says = Label(
            "给出的文件不是读取方案时的那一份（sha256 不同），措施只列任务标题",
            "the file given is not the one the plan was read from (another sha256): only titles stand as measures",
        )
    remedy = Label(
        "把原文放进城市的 plans 文件夹，或用 --document 指定；文件不同时先重新读取方案",
        "put the document into the city's plans folder or name it with --document; read the plan anew where it differs",
    )
    return Finding("tasks.no_document", plan.document.name or "plan", "info", says, remedy)


def _doubts(plan: Plan, listed: Sequence[ListedTask]) -> tuple[Finding, ...]:
    bare = [one.task.id for one in listed if one.state == "none"]
    unsure = sorted({c.organisation for one in listed for c in one.candidates if not c.known})
    found = []
    if bare:
        says = Label(
            f"{len(bare)} 项任务没有责任单位，也不作建议：{'、'.join(bare)}",
            f"{len(bare)} tasks have no organisation and no proposal: {', '.join(bare)}",
        )
        remedy = Label("由方案起草单位指定", "let the office that drew up the plan name one")
        found.append(Finding("tasks.no_organisation", plan.document.name or "plan", "warning", says, remedy))
    if unsure:
        says = Label(
            f"以下单位用的是通用名称，本市名称待核实：{'、'.join(unsure)}",
            f"general names, the city's own are to be confirmed: {', '.join(unsure)}",
        )
        remedy = Label("对照本市机构设置核实", "compare with the city's list of bodies")
        found.append(Finding("tasks.unconfirmed_names", plan.document.name or "plan", "info", says, remedy))
    return tuple(found)
