"""What somebody decides on the cells of a file before it is taken in: correct them, keep them as reported, leave them out.

Invariant: a figure with an error is taken in only after a decision on its cell that says why.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dafeng.core.errors import SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.readers.delivery import LISTED, Delivery, build_rows, place_in

LONGEST = 200
"""Longest reason. [characters]"""


@dataclass(frozen=True, slots=True)
class CellDecisions:
    """Decisions by cell ``file!sheet!cell``.

    Parameters
    ----------
    values : mapping of str to (str, str)
        Corrected value and reason.
    kept : mapping of str to str
        Why the figure is taken in as it was reported.
    left : mapping of str to str
        Why the figure is left out.
    sure : collection of str
        Cells whose corrected value is kept although the checks doubt it.
    """

    values: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)
    sure: Collection[str] = ()

    def __bool__(self) -> bool:
        return bool(self.values or self.kept or self.left)

    def whole(self) -> CellDecisions:
        """The decisions that were made: a correction without value or one that keeps without a reason is none.

        Returns
        -------
        CellDecisions
            Reasons without blanks around them.
        """
        return CellDecisions(
            {place: told for place, told in self.values.items() if told[0].strip()},
            {place: why.strip()[:LONGEST] for place, why in self.kept.items() if why.strip()},
            {place: why.strip()[:LONGEST] for place, why in self.left.items() if why.strip()},
            tuple(sorted(set(self.sure) & set(self.values))),
        )

    def reason(self, place: str) -> str:
        """Why it was decided so.

        Parameters
        ----------
        place : str
            The cell.

        Returns
        -------
        str
            Empty where nothing was decided or no reason given.
        """
        corrected = self.values.get(place, ("", ""))[1]
        return (corrected or self.kept.get(place) or self.left.get(place) or "").strip()

    def tell(self) -> str:
        """All decisions in words.

        Returns
        -------
        str
            Cell, what was decided and why.
        """
        told = [f"{_cell(place)}→{value}（{reason}）" for place, (value, reason) in self.values.items()]
        told += [f"{_cell(place)} 按原报 as reported（{reason}）" for place, reason in self.kept.items()]
        return "；".join(told + [f"{_cell(place)} 不入库 left out（{reason}）" for place, reason in self.left.items()])


def errors_at(findings: Iterable[Finding], places: Iterable[str]) -> tuple[Finding, ...]:
    """Errors at figures that would be taken in.

    Parameters
    ----------
    findings : iterable of Finding
        What reading and audit say.
    places : iterable of str
        Cells of the figures.

    Returns
    -------
    tuple of Finding
        One per cell.
    """
    cells = set(places)
    return tuple({one.at: one for one in findings if one.severity == "error" and one.at in cells}.values())


def settle_cells(delivery: Delivery, asked: CellDecisions, *, who: str) -> Delivery:
    """A delivery without the figures that are left out; those that are kept as reported say why in their note.

    Parameters
    ----------
    delivery : Delivery
        What was read.
    asked : CellDecisions
        What was decided on its cells.
    who : str
        Who decided.

    Returns
    -------
    Delivery
        The same where nothing is kept or left out.
    """
    if not (asked.kept or asked.left):
        return delivery
    rows = [row for row in delivery.rows.to_pylist() if place_in(row) not in asked.left]
    for row in rows:
        if reason := asked.kept.get(place_in(row)):
            said = f"按原报入库（{who}）：{reason}"
            row["note"] = "; ".join(note for note in (row["note"], said) if note)
    return replace(delivery, rows=build_rows(rows))


def check_decided(errors: Sequence[Finding], decisions: CellDecisions, *, name: str, remedy: Label | None = None) -> None:
    """Refuse to take in a file with errors on which nobody decided.

    Parameters
    ----------
    errors : sequence of Finding
        Errors at figures that would be taken in.
    decisions : CellDecisions
        What was decided.
    name : str
        Name of the file.
    remedy : Label, optional
        How to decide; by default at each cell, as the page has it.

    Raises
    ------
    SettingError
        If a cell with an error has no decision, or one without a reason; the message names the cells.
    """
    open_cells = [one for one in errors if not decisions.reason(one.at)]
    if not open_cells:
        return
    shown, count = open_cells[:LISTED], len(open_cells)
    zh = "；".join(f"{one.at.removeprefix(name + '!')}：{one.says.zh}" for one in shown) + (" …" if count > LISTED else "")
    en = "; ".join(f"{one.at.removeprefix(name + '!')}: {one.says.en}" for one in shown) + (" …" if count > LISTED else "")
    raise SettingError(
        Label(f"{count} 处错误还没有决定：{zh}", f"{count} errors are not decided on yet: {en}"),
        where=shown[0].at,
        expected=Label("对每处错误：更正、按原报或不入库，并写明理由",
                       "for each error: correct it, keep it as reported or leave it out, with the reason"),
        remedy=remedy or Label("逐处决定后再入库；没有入库", "decide on each and take it in then; nothing was taken in"),
    )  # fmt: skip


def _cell(place: str) -> str:
    return place.rpartition("!")[2]
