"""Names of the files of a frozen copy.

Invariant: a name has letters, digits and hyphens only; two subjects never share one.
"""

from __future__ import annotations

import re
from hashlib import sha256


def page_file(name: str) -> str:
    """File of a page in a frozen copy.

    Parameters
    ----------
    name : str
        Page id.

    Returns
    -------
    str
        File name.
    """
    return "index.html" if name == "overview" else f"{name}.html"


def target_file(target: str) -> str:
    """File of a target's page in a frozen copy.

    Parameters
    ----------
    target : str
        Target id, any characters.

    Returns
    -------
    str
        File name of letters, digits and hyphens; ids that need replacing stay apart by a hash.
    """
    return f"target-{_plain(target)}.html"


def task_file(task: str) -> str:
    """File of a task's page in a frozen copy.

    Parameters
    ----------
    task : str
        Task id, any characters.

    Returns
    -------
    str
        File name, as for a target.
    """
    return f"task-{_plain(task)}.html"


def tasks_file(view: str) -> str:
    """File of a view of the tasks in a frozen copy.

    Parameters
    ----------
    view : str
        ``list``, ``board``, ``gantt`` or ``links``.

    Returns
    -------
    str
        File name.
    """
    return page_file("tasks") if view == "list" else f"tasks-{view}.html"


def method_file(method: str) -> str:
    """File of a method's page in a frozen copy.

    Parameters
    ----------
    method : str
        Method id, any characters.

    Returns
    -------
    str
        File name, as for a target.
    """
    return f"method-{_plain(method)}.html"


def field_file(field: str) -> str:
    """File of a field's page in a frozen copy.

    Parameters
    ----------
    field : str
        Field id, any characters.

    Returns
    -------
    str
        File name, as for a target.
    """
    return f"field-{_plain(field)}.html"


def organisation_file(name: str) -> str:
    """File of an organisation's page in a frozen copy.

    Parameters
    ----------
    name : str
        Its name, any characters.

    Returns
    -------
    str
        File name, as for a target.
    """
    return f"organisation-{_plain(name)}.html"


def _plain(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9-]+", "-", name)
    return plain if plain == name else f"{plain}-{sha256(name.encode()).hexdigest()[:6]}"
