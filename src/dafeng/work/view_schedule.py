"""The schedule of the tasks in the view.

Invariant: times and links are those of the schedule of the run's day; a page adds no others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dafeng.plans.schedule_document import schedule_document
from dafeng.plans.tasklist import TaskList
from dafeng.work.assessment import Assessment
from dafeng.work.schedule_tasks import Found, schedule_city

Row = dict[str, Any]


def write_schedule(assessment: Assessment, verdicts: Sequence[Row], listed: TaskList) -> Row:
    """The schedule of an assessment.

    Parameters
    ----------
    assessment : Assessment
        The assessment.
    verdicts : sequence of dict
        Rows of ``list_verdicts``.
    listed : TaskList
        Its tasks.

    Returns
    -------
    dict
        As `schedule_document` tells it.
    """
    clashes = [
        {"targets": [member.target for member in clash.members if member.target is not None], "address": clash.address}
        for clash in assessment.reconciliation.clashes
    ]
    book = assessment.traces

    def inputs(address: str) -> tuple[str, ...]:
        return book.get(address).inputs if address in book else ()

    found = Found(assessment.run.at.date(), verdicts, clashes, inputs)
    return schedule_document(schedule_city(assessment.city, assessment.plan, found, listed=listed))
