"""Layouts: how a reporting standard arranges one inventory in lines and totals.

Invariant: a category belongs to one line only, that with the longest matching beginning; a layout names only lines
that it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dafeng.core.labels import Label
from dafeng.core.sources import Source
from dafeng.library.overlay import definition_files, layers, merged
from dafeng.library.records import Record
from dafeng.library.sources import check_source, read_sources
from dafeng.library.strict import read_yaml

SCOPES = (1, 2, 3)
"""Scopes: inside the place, grid energy used there, elsewhere."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a layout.

    Parameters
    ----------
    code : str
        Code in the standard.
    parent : str or None
        Line whose sum it enters.
    scope : int or None
        Scope; ``None`` for sums over several.
    label : Label
        Name in words.
    categories : tuple of str
        First parts of the categories it takes.
    """

    code: str
    parent: str | None
    scope: int | None
    label: Label
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LayoutTotal:
    """A total that a standard asks for.

    Parameters
    ----------
    id : str
        Id.
    label : Label
        Name in words.
    lines : tuple of str
        Codes of the lines that are added.
    """

    id: str
    label: Label
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a standard arranges an inventory.

    Parameters
    ----------
    id : str
        Id.
    label : Label
        Name in words.
    source, clause : str
        Where it stands.
    lines : tuple of Line
        Lines in the order of print; a parent stands before its parts.
    totals : tuple of LayoutTotal
        Totals.
    aside : tuple of str
        First parts of categories that the standard leaves out.
    """

    id: str
    label: Label
    source: str
    clause: str
    lines: tuple[Line, ...]
    totals: tuple[LayoutTotal, ...]
    aside: tuple[str, ...]

    def line_of(self, category: str) -> Line | None:
        """Line that a category belongs to.

        Parameters
        ----------
        category : str
            Category of a result.

        Returns
        -------
        Line or None
            The line; ``None`` where the standard leaves it out or no line takes it.
        """
        found = [(len(name), line) for line in self.lines for name in line.categories if within(category, name)]
        return max(found, key=lambda pair: pair[0], default=(0, None))[1]

    def leaves_out(self, category: str) -> bool:
        """Whether the standard leaves a category out.

        Parameters
        ----------
        category : str
            Category of a result.

        Returns
        -------
        bool
            True where it stands aside on purpose.
        """
        return any(within(category, name) for name in self.aside)

    def under(self, code: str) -> tuple[str, ...]:
        """A line and all lines below it.

        Parameters
        ----------
        code : str
            Code of a line.

        Returns
        -------
        tuple of str
            Codes.
        """
        return (code, *(part for line in self.lines if line.parent == code for part in self.under(line.code)))


def within(category: str, start: str) -> bool:
    """Whether a category is another or a part of it.

    Parameters
    ----------
    category, start : str
        Categories.

    Returns
    -------
    bool
        ``energy.households.urban`` is within ``energy.households``, ``energy.household_heat`` is not.
    """
    return category == start or category.startswith(f"{start}.")


def read_layouts(*folders: Path) -> Mapping[str, Layout]:
    """Layouts that ship and those of overlay folders.

    Parameters
    ----------
    *folders : Path
        Overlay folders; their ``layouts/*.yaml`` add layouts, never edit them.

    Returns
    -------
    mapping of str to Layout
        Layout by id.

    Raises
    ------
    DefinitionError
        If a file breaks the schema, a code or category comes twice, or a line is named that does not exist.
    """
    known = read_sources(*folders)
    return merged(_rows(definition_files(layers(*folders), "layouts/*.yaml"), known))


def _rows(paths: Iterator[Path], known: Mapping[str, Source]) -> Iterator[tuple[str, str, Layout]]:
    for path in paths:
        root = Record(read_yaml(path), ()).allow({"id", "label", "source", "clause", "lines", "totals", "aside"})
        layout = _layout(root)
        check_source(layout.source, known, root.marked.at("source"))
        _check(root, layout)
        yield layout.id, root.marked.at("id"), layout


def _layout(root: Record) -> Layout:
    return Layout(
        id=root.text("id"),
        label=root.label("label"),
        source=root.text("source"),
        clause=root.text_or_none("clause") or "",
        lines=tuple(_line(record) for record in root.children("lines")),
        totals=tuple(_total(record) for record in root.children("totals")),
        aside=root.texts("aside"),
    )


def _line(record: Record) -> Line:
    record.allow({"code", "parent", "scope", "label", "categories"})
    scope = record.decimal("scope")
    if scope is not None and scope not in SCOPES:
        raise record.error("scope 应为 1、2 或 3", "scope must be 1, 2 or 3", key="scope")
    return Line(
        code=record.text("code"),
        parent=record.text_or_none("parent"),
        scope=None if scope is None else int(scope),
        label=record.label("label"),
        categories=record.texts("categories"),
    )


def _total(record: Record) -> LayoutTotal:
    record.allow({"id", "label", "lines"})
    return LayoutTotal(record.text("id"), record.label("label"), record.texts("lines"))


def _check(root: Record, layout: Layout) -> None:
    codes: set[str] = set()
    taken: set[str] = set()
    for record, line in zip(root.children("lines"), layout.lines, strict=True):
        if line.code in codes:
            raise record.error(f"代码“{line.code}”重复", f"code '{line.code}' comes twice", key="code")
        if line.parent not in (None, *codes):
            raise record.error(f"没有上级“{line.parent}”", f"no line '{line.parent}' before it", key="parent")
        if taken & set(line.categories):
            raise record.error("类别已属于另一行", "a category already belongs to another line", key="categories")
        codes.add(line.code)
        taken |= set(line.categories)
    for record, total in zip(root.children("totals"), layout.totals, strict=True):
        parts = [code for name in total.lines if name in codes for code in layout.under(name)]
        if not set(total.lines) <= codes or len(parts) != len(set(parts)):
            raise record.error(
                "合计所列的行不存在或重复计入", "lists a line that does not exist or counts one twice", key="lines"
            )
