"""One door for what ships inside and what is added from outside.

Invariant: a name is registered once; a second registration of the same name is refused. Installed packages are looked through
once for each group, since that opens a file of every one.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label


def names(group: str) -> tuple[str, ...]:
    """Names registered in a group of entry points.

    Parameters
    ----------
    group : str
        Group, e.g. ``dafeng.presenters``.

    Returns
    -------
    tuple of str
        The names, sorted.
    """
    return tuple(sorted({point.name for point in _points(group)}))


def load(group: str, name: str) -> Any:
    """Load what is registered under a name.

    Parameters
    ----------
    group : str
        Group of entry points.
    name : str
        Name inside the group.

    Returns
    -------
    object
        What the entry point names.

    Raises
    ------
    LookupFailure
        If nothing, or more than one thing, is registered under the name.
    """
    found = [point for point in _points(group) if point.name == name]
    if len(found) != 1:
        raise LookupFailure(
            Label(f"“{name}”登记了 {len(found)} 次", f"'{name}' is registered {len(found)} times"),
            where=group,
            expected=Label(f"以下之一：{', '.join(names(group)) or '（无）'}", f"one of {', '.join(names(group)) or 'none'}"),
            remedy=Label("检查已安装的扩展包", "check the installed extension packages"),
        )
    return found[0].load()


@cache
def _points(group: str) -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=group))
