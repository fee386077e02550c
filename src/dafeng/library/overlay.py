"""Folders of definitions laid over one another: the package, a province, a city.

Invariant: a later folder adds definitions, it never edits one; an id that comes twice is refused with both places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from dafeng.core.labels import Label
from dafeng.library.strict import refusal

T = TypeVar("T")


def shipped() -> Path:
    """Folder of the definitions inside the package.

    Returns
    -------
    Path
        ``dafeng/data``.
    """
    return Path(str(files("dafeng"))) / "data"


def layers(*folders: Path) -> tuple[Path, ...]:
    """Folders to read in order: the package first, then each folder given.

    Parameters
    ----------
    *folders : Path
        Overlay folders of a province or city, with the same layout as ``dafeng/data``.

    Returns
    -------
    tuple of Path
        Folders without repetition.
    """
    return tuple(dict.fromkeys((shipped(), *folders)))


def definition_files(folders: Iterable[Path], pattern: str) -> Iterator[Path]:
    """Definition files of several folders, in the order in which they are laid over one another.

    Parameters
    ----------
    folders : iterable of Path
        Folders, the lowest first.
    pattern : str
        Glob below each folder, e.g. ``factors/*.csv``.

    Yields
    ------
    Path
        Files, by name inside each folder.
    """
    for folder in folders:
        yield from sorted(folder.glob(pattern))


def merged(rows: Iterable[tuple[str, str, T]]) -> dict[str, T]:
    """Definitions by id.

    Parameters
    ----------
    rows : iterable of (id, place, definition)
        Definitions of all layers, the lowest first.

    Returns
    -------
    dict
        Definition by id.

    Raises
    ------
    DefinitionError
        If an id comes twice: an overlay adds, it does not edit.
    """
    found: dict[str, T] = {}
    places: dict[str, str] = {}
    for name, at, definition in rows:
        if name in found:
            raise refusal(
                at,
                f"“{name}”已在 {places[name]} 定义",
                f"'{name}' is already defined at {places[name]}",
                expected=Label("新的编号；覆盖层只增不改", "a new id; an overlay adds and never edits"),
            )
        found[name], places[name] = definition, at
    return found
