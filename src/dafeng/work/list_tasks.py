"""``list_tasks``: a plan becomes the list of tasks that an office works from.

Invariant: what the plan says and what is proposed stand apart in every form of the list.
"""

from __future__ import annotations

from pathlib import Path

from dafeng.core import registry
from dafeng.core.documents import Document
from dafeng.core.errors import SettingError
from dafeng.core.labels import Label, Language
from dafeng.plans.agreement import Agreement, check_agreement
from dafeng.plans.duties import DutyTable, read_duties
from dafeng.plans.plan import Plan
from dafeng.plans.tasklist import TaskList, make_task_list
from dafeng.plans.tasklist_document import task_document
from dafeng.readers.documents import read_document
from dafeng.store.files import write_whole
from dafeng.work.city import City
from dafeng.work.view_plan import find_texts

WRITERS = "dafeng.tasklists"
"""Entry points of what is called with the list as a document and a language, and gives the bytes of a file."""


def list_tasks(subject: City | Plan, *, document: Path | str | None = None) -> TaskList:
    """List the tasks of a city's plan, or of any plan.

    Parameters
    ----------
    subject : City or Plan
        The city, with its own table of duties where it has one, or the plan.
    document : Path or str, optional
        The document that the plan was read from; a city's is found in its ``plans`` folder.

    Returns
    -------
    TaskList
        Every task once, with measures, targets, years and organisations.

    Raises
    ------
    FileRefused
        If the document is no text.
    DefinitionError
        If the plan's facts or a table of duties are damaged.
    """
    return make_task_list(*_material(subject), document=_document(subject, document))


def check_tasks(subject: City | Plan, *, document: Path | str | None = None) -> tuple[Agreement, ...]:
    """Compare what would be proposed with what the plan states.

    Parameters
    ----------
    subject : City or Plan
        A city or plan that names organisations.
    document : Path or str, optional
        The document that the plan was read from.

    Returns
    -------
    tuple of Agreement
        With the whole table, without the rows that only the task itself shows, and without rows concluded from plans.

    Raises
    ------
    FileRefused
        If the document is no text.
    DefinitionError
        If the plan's facts or a table of duties are damaged.
    """
    return check_agreement(*_material(subject), document=_document(subject, document))


def save_tasks(listed: TaskList, path: Path | str, *, language: Language = "zh") -> None:
    """Write a task list as a file in office form.

    Parameters
    ----------
    listed : TaskList
        The list.
    path : Path or str
        Where it shall stand; its ending says the form: ``.xlsx`` or ``.docx``. A file there is replaced whole.
    language : {"zh", "en"}
        Language of headings and notes; the plan's words stay as they are.

    Raises
    ------
    SettingError
        If no writer is registered for the ending.
    OSError
        If the folder is missing or cannot be written.
    """
    form = Path(path).suffix.lower().lstrip(".")
    if form not in registry.names(WRITERS):
        known = "、".join(f".{name}" for name in registry.names(WRITERS))
        raise SettingError(
            Label(f"不能写成“.{form}”", f"cannot write a task list as '.{form}'"),
            where=str(path),
            expected=Label(known or "（无）", known or "none"),
            remedy=Label("改用这些结尾的文件名", "give the file one of these endings"),
        )
    write_whole(Path(path), registry.load(WRITERS, form)(task_document(listed), language))


def list_city_tasks(city: City, plan: Plan) -> TaskList:
    """List the tasks of the plan that a city was judged by.

    Parameters
    ----------
    city : City
        The city: its folder may hold the document, its ``data`` a table of duties.
    plan : Plan
        The plan.

    Returns
    -------
    TaskList
        Every task once.
    """
    return make_task_list(plan, read_duties(city.overlay), document=_kept(city, plan))


def _material(subject: City | Plan) -> tuple[Plan, DutyTable]:
    if isinstance(subject, Plan):
        return subject, read_duties()
    return subject.read_plan(), read_duties(subject.overlay)


def _document(subject: City | Plan, document: Path | str | None) -> Document | None:
    if document is not None:
        return read_document(Path(document))[0]
    if isinstance(subject, Plan):
        return None
    return _kept(subject, subject.read_plan())


def _kept(city: City, plan: Plan) -> Document | None:
    path = find_texts(city).get(plan.document.sha256)
    return None if path is None else read_document(path)[0]
