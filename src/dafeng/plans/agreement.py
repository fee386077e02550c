"""How well proposals agree with a plan that names its organisations: a check of the table, not of the plan.

Invariant: what a plan states is looked at only for counting; collectives (各区市政府、管委) are left aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from dafeng.core.documents import Document
from dafeng.plans.candidates import find_grounds, find_names, propose
from dafeng.plans.duties import DutyClause, DutyTable
from dafeng.plans.plan import Plan, Task
from dafeng.plans.tasklist import gather_evidence, make_task_list

Basis = Literal["whole", "left_out", "without"]
"""``whole`` the table as it is; ``left_out`` for each task without the rows that only this task shows; ``without`` no row
that was concluded from a plan."""
DERIVED = "derived"
"""Grade of the rows that were concluded from a plan."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Proposals against what the plan says.

    Parameters
    ----------
    basis : Basis
        Which rows of the table were used.
    tasks : int
        Tasks that name organisations.
    stated : int
        Organisations that they name, task by task.
    known : int
        Those among them that the table knows at all.
    proposed : int
        Organisations that were proposed for these tasks.
    hits : int
        Organisations that are in both.
    leads : int
        Tasks with a proposed lead.
    leads_named : int
        Tasks whose first proposed lead the plan names.
    leads_first : int
        Tasks whose first proposed lead the plan names first.
    """

    basis: Basis
    tasks: int
    stated: int
    known: int
    proposed: int
    hits: int
    leads: int
    leads_named: int
    leads_first: int

    @property
    def precision(self) -> float | None:
        """Share of the proposed organisations that the plan names. [0..1]"""
        return self.hits / self.proposed if self.proposed else None

    @property
    def recall(self) -> float | None:
        """Share of the named organisations that were proposed. [0..1]"""
        return self.hits / self.stated if self.stated else None


@dataclass(frozen=True, slots=True)
class _Case:
    """A task that names organisations, and what was proposed for it."""

    own: tuple[str, ...]
    found: tuple[str, ...]
    lead: str | None


def check_agreement(plan: Plan, duties: DutyTable, *, document: Document | None = None) -> tuple[Agreement, ...]:
    """Propose organisations for tasks that have some, and compare.

    Parameters
    ----------
    plan : Plan
        A plan that names organisations.
    duties : DutyTable
        The table to check.
    document : Document, optional
        The document of the plan; without it only titles, headings and targets speak.

    Returns
    -------
    tuple of Agreement
        One per basis; zeros where the plan names no organisation.
    """
    place = plan.place or ""
    names = find_names(duties, (one.organisation for task in plan.tasks for one in task.responsible), place=place)
    listed = [one for one in make_task_list(plan, duties, document=document).tasks if _own(one.task)]
    printed = {name for name, _ in names.values()}
    made = []
    for basis in get_args(Basis):
        cases = []
        for one in listed:
            rows = [row for row in duties.hold(place) if _usable(row, one.task, basis)]
            evidence = gather_evidence(one.task, one.targets, one.measures)
            candidates = propose(find_grounds(evidence, rows), names)
            lead = next((c.organisation for c in candidates if c.role == "lead"), None)
            cases.append(_Case(_own(one.task), tuple(c.organisation for c in candidates), lead))
        made.append(_count(basis, cases, printed))
    return tuple(made)


def _own(task: Task) -> tuple[str, ...]:
    return tuple(one.organisation for one in task.responsible if one.organisation not in task.collectives)


def _usable(row: DutyClause, task: Task, basis: Basis) -> bool:
    if basis == "without":
        return row.grade != DERIVED
    return basis == "whole" or row.grade != DERIVED or any(other != task.id for other in row.tasks)


def _count(basis: Basis, cases: Sequence[_Case], printed: set[str]) -> Agreement:
    return Agreement(
        basis=basis,
        tasks=len(cases),
        stated=sum(len(case.own) for case in cases),
        known=sum(name in printed for case in cases for name in case.own),
        proposed=sum(len(case.found) for case in cases),
        hits=sum(len(set(case.own) & set(case.found)) for case in cases),
        leads=sum(case.lead is not None for case in cases),
        leads_named=sum(case.lead in case.own for case in cases),
        leads_first=sum(case.lead == case.own[0] for case in cases),
    )
