"""``schedule_tasks``: the tasks of a plan on the board, on the time line and in the graph of dependencies.

Invariant: what the newest assessment of the same plan found stands beside a task; without one nothing is said of its targets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from dafeng.core.errors import CityError, SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label, Language
from dafeng.library.sources import read_sources
from dafeng.plans.plan import Plan
from dafeng.plans.schedule import make_schedule
from dafeng.plans.schedule_document import schedule_document
from dafeng.plans.scheduled import Judged, Schedule
from dafeng.plans.task_tables import TaskLink, TaskReport, make_task_tables, read_task_links, read_task_reports
from dafeng.plans.tasklist import TaskList
from dafeng.plans.tasklist_document import task_document
from dafeng.store.files import write_whole
from dafeng.work.city import City
from dafeng.work.derive_links import Inputs, derive_links
from dafeng.work.draw_schedule import draw_schedule
from dafeng.work.list_tasks import list_city_tasks, list_tasks
from dafeng.work.schedule_rows import chart_rows, write_rows

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What an assessment found about the targets of a plan.

    Parameters
    ----------
    day : date
        Day of the assessment.
    verdicts : sequence of mapping
        As in the view document.
    clashes : sequence of mapping
        ``targets`` and ``address``, this without the run.
    inputs : callable, optional
        Inputs of a trace.
    """

    day: date
    verdicts: Sequence[Row] = ()
    clashes: Sequence[Row] = ()
    inputs: Inputs | None = field(default=None)

    def judged(self) -> dict[str, Judged]:
        """Present and projected verdict by target.

        Returns
        -------
        dict of str to (str or None, str or None)
            Every target that was judged.
        """
        return {row["target"]: (row["verdict"], row["projected_verdict"]) for row in self.verdicts}


def schedule_tasks(subject: City | Plan, *, document: Path | str | None = None, day: date | None = None) -> Schedule:
    """Put the tasks of a plan into time and tell which needs which.

    Parameters
    ----------
    subject : City or Plan
        The city, with ``task_links.csv`` and ``task_progress.csv`` in its ``data`` folder where it has them; or the plan.
    document : Path or str, optional
        The document that the plan was read from.
    day : date, optional
        Day to speak of; by default that of the city's newest assessment of this plan, else today.

    Returns
    -------
    Schedule
        Every task once.

    Raises
    ------
    DefinitionError
        If a table of the city cannot be read.
    FileRefused
        If the document is no text.
    """
    listed = list_tasks(subject, document=document)
    if isinstance(subject, Plan):
        return _made(subject, listed, None, Found(day or datetime.now(UTC).date()))
    plan = subject.read_plan()
    found = _newest(subject, plan)
    chosen = day or found.day
    return _made(plan, listed, subject.overlay, Found(chosen, found.verdicts, found.clashes, found.inputs))


def schedule_city(city: City, plan: Plan, found: Found, *, listed: TaskList | None = None) -> Schedule:
    """The schedule of the plan that a city was judged by.

    Parameters
    ----------
    city : City
        The city: its ``data`` folder may hold the tables.
    plan : Plan
        The plan.
    found : Found
        What the assessment found.
    listed : TaskList, optional
        Its tasks, where they were listed already.

    Returns
    -------
    Schedule
        Every task once.
    """
    return _made(plan, listed or list_city_tasks(city, plan), city.overlay, found)


def save_schedule(schedule: Schedule, path: Path | str, *, language: Language = "zh") -> None:
    """Write a schedule as a drawing or a table.

    Parameters
    ----------
    schedule : Schedule
        The schedule.
    path : Path or str
        Where it shall stand: ``.svg`` is the time line, ``.csv`` the table. A file there is replaced whole.
    language : {"zh", "en"}
        Language of headings and notes.

    Raises
    ------
    SettingError
        If the ending is another one.
    OSError
        If the folder is missing or cannot be written.
    """
    form = Path(path).suffix.lower()
    if form not in (".svg", ".csv"):
        raise SettingError(
            Label(f"不能写成“{form}”", f"cannot write a schedule as '{form}'"),
            where=str(path),
            expected=Label(".svg、.csv", ".svg, .csv"),
            remedy=Label("改用这些结尾的文件名", "give the file one of these endings"),
        )
    told = schedule_document(schedule)
    listed = task_document(schedule.listed, texts=False)
    rows = chart_rows(listed, told)
    text = (
        draw_schedule(rows, told, listed["document"]["title"], language) if form == ".svg" else write_rows(rows, told, language)
    )
    write_whole(Path(path), text.encode("utf-8-sig" if form == ".csv" else "utf-8"))


def save_task_tables(subject: City | Plan, folder: Path | str) -> tuple[Path, ...]:
    """Write empty tables of needs and of reports for an office to fill in.

    Parameters
    ----------
    subject : City or Plan
        Whose tasks.
    folder : Path or str
        Folder to write to, which exists; nothing is replaced.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    SettingError
        If one of them is there already, or the folder is missing.
    """
    plan = subject if isinstance(subject, Plan) else subject.read_plan()
    tables = {Path(folder) / name: text for name, text in make_task_tables(plan).items()}
    there = [path for path in tables if path.exists()]
    if there or not Path(folder).is_dir():
        zh, en = ("文件已存在", "the file exists") if there else ("没有这个文件夹", "there is no such folder")
        raise SettingError(
            Label(zh, en),
            where=str(there[0] if there else folder),
            expected=Label("一个没有这两个文件的文件夹", "a folder without these two files"),
            remedy=Label("换一个文件夹", "choose another folder"),
        )
    for path, text in tables.items():
        write_whole(path, text.encode())
    return tuple(tables)


def _made(plan: Plan, listed: TaskList, folder: Path | None, found: Found) -> Schedule:
    known = [task.id for task in plan.tasks]
    links, strange = read_task_links(folder, known)
    reports, odd = read_task_reports(folder, known)
    derived = derive_links(plan, clashes=found.clashes, verdicts=found.verdicts, inputs=found.inputs)
    return make_schedule(
        listed,
        day=found.day,
        links=links,
        reports=reports,
        derived=derived,
        verdicts=found.judged(),
        goals=plan.goals,
        findings=(*strange, *odd, *_unlisted((*links, *reports), folder)),
    )


def _unlisted(rows: Sequence[TaskLink | TaskReport], folder: Path | None) -> list[Finding]:
    """Rows whose source is not in the city's list of sources: they are used, and said to be so."""
    if not rows or folder is None:
        return []
    known = read_sources(folder)
    return [_unsourced(row) for row in rows if row.source and row.source not in known]


def _unsourced(row: TaskLink | TaskReport) -> Finding:
    says = Label(f"来源“{row.source}”不在 sources.yaml 中", f"source '{row.source}' is not in sources.yaml")
    remedy = Label("在城市的 data/sources.yaml 中登记它", "list it in data/sources.yaml of the city")
    return Finding("tasks.unknown_source", row.at, "info", says, remedy)


def _newest(city: City, plan: Plan) -> Found:
    from dafeng.work.frozen import city_view, find_run  # reading a run is heavy, and a city without one needs none

    try:
        run = find_run(city, sha256=plan.document.sha256)
    except CityError:
        return Found(datetime.now(UTC).date())
    frozen = city_view(city, run=run.id)
    head = run.id + "/"
    clashes = [{"targets": row["targets"], "address": row["address"].removeprefix(head)} for row in frozen.view["clashes"]]

    def inputs(address: str) -> list[str]:
        trace = frozen.traces.get(address)
        return [one.removeprefix(head) for one in trace["inputs"]] if trace else []

    return Found(run.at.date(), frozen.view["verdicts"], clashes, inputs)
