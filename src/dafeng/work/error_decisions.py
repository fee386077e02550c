"""What a caller decides on the errors of the files it names: as reported, or left out, each with a reason and by whom.

Invariant: the figures of a file count together with the decision on its errors, or neither does; the decision is kept with the
file as the page keeps it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pyarrow as pa

from dafeng.core.errors import SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.readers.delivery import Delivery, place_in
from dafeng.store.files import lock
from dafeng.store.lots import Item, Lot
from dafeng.work.cell_decisions import CellDecisions, errors_at
from dafeng.work.city import City
from dafeng.work.upload_decisions import begin_take, finish_held
from dafeng.work.upload_preview import SUMS, audit_deliveries
from dafeng.work.upload_state import Upload, upload_folder

Reasons = str | Mapping[str, str]
"""One reason for all errors, or reasons by cell ``file!sheet!cell``."""


@dataclass(frozen=True, slots=True)
class ErrorDecisions:
    """Decisions on the errors of all files that are taken in at once.

    Parameters
    ----------
    kept : str or mapping of str to str
        Why figures are taken in as they were reported.
    left : str or mapping of str to str
        Why figures are left out.
    who : str
        Who decides.
    """

    kept: Reasons = ""
    left: Reasons = ""
    who: str = ""

    def check(self) -> None:
        """Refuse decisions that contradict each other or that nobody makes.

        Raises
        ------
        SettingError
            If all errors are both kept and left out, or there is no name.
        """
        if isinstance(self.kept, str) and isinstance(self.left, str) and self.kept.strip() and self.left.strip():
            raise _unusable(
                Label("既要按原报入库又要不入库", "errors are both taken in as reported and left out"),
                "--as-reported --leave-out",
                Label("二者之一", "one of the two"),
            )
        if (self.kept or self.left) and not (0 < len(self.who.strip()) <= 100 and self.who.isprintable()):
            raise _unusable(
                Label("没有说明由谁决定", "it is not said who decides"),
                "--who",
                Label("不超过 100 字的姓名", "a name of at most 100 characters"),
            )

    def check_cells(self, places: Collection[str]) -> None:
        """Refuse decisions on cells without a figure.

        Parameters
        ----------
        places : collection of str
            Cells of the figures of all files.

        Raises
        ------
        SettingError
            For the first cell that holds none.
        """
        for told in (self.kept, self.left):
            for place in () if isinstance(told, str) else told:
                if place not in places:
                    said = Label(f"“{place}”不是可入库的数", f"'{place}' holds no figure that is taken in")
                    raise _unusable(said, place, Label("文件!工作表!单元格", "file!sheet!cell of a figure"))

    def on(self, errors: Sequence[Finding], places: Sequence[str]) -> CellDecisions:
        """What is decided on the cells of one file.

        Parameters
        ----------
        errors : sequence of Finding
            Its errors at figures.
        places : sequence of str
            Cells of its figures.

        Returns
        -------
        CellDecisions
            A reason by cell goes before one for all.
        """
        named = {at for told in (self.kept, self.left) if not isinstance(told, str) for at in told}
        cells = [one.at for one in errors if one.at not in named]
        kept, left = ({**_spread(told, cells), **_pick(told, places)} for told in (self.kept, self.left))
        return CellDecisions({}, kept, left).whole()


@dataclass(frozen=True, slots=True)
class DecidedFile:
    """A file with errors that were decided on, on its way into the facts.

    Parameters
    ----------
    upload : Upload
        The file as it was kept.
    decisions : CellDecisions
        What was decided.
    facts : int
        Figures that it brings.
    """

    upload: Upload
    decisions: CellDecisions
    facts: int


def find_errors(city: City, deliveries: Sequence[Delivery]) -> dict[str, tuple[Finding, ...]]:
    """Errors at figures that would be taken in, as reading and audit tell them beside what the city holds.

    Parameters
    ----------
    city : City
        The city.
    deliveries : sequence of Delivery
        What was read, under names that differ.

    Returns
    -------
    dict of str to tuple of Finding
        By name of the file, one per cell.
    """
    audited = audit_deliveries(city, deliveries) if deliveries else ()
    found = {}
    for one in deliveries:
        read = (finding for finding in one.findings if finding.rule not in SUMS)
        found[one.file] = errors_at((*read, *audited), places_of(one))
    return found


def places_of(delivery: Delivery) -> list[str]:
    """Cells of the figures of a file.

    Parameters
    ----------
    delivery : Delivery
        What was read.

    Returns
    -------
    list of str
        ``file!sheet!cell``.
    """
    return [place_in(row) for row in delivery.rows.to_pylist()]


def deliver_decided(city: City, pairs: Sequence[tuple[Item, pa.Table]], files: Sequence[DecidedFile], *, who: str) -> Lot:
    """Take files in as one lot, with what was decided on the errors of some of them.

    Parameters
    ----------
    city : City
        The city.
    pairs : sequence of (Item, pyarrow.Table)
        All files with their rows.
    files : sequence of DecidedFile
        Those with decisions.
    who : str
        Who decided.

    Returns
    -------
    Lot
        The lot; the decisions stand in the records and their audit log.
    """
    at, decided = datetime.now(UTC), {one.upload.id: one for one in files}

    def write_down(_table: pa.Table, lot: Lot) -> Sequence[tuple[pa.Table, Lot]]:
        for one in decided.values():
            asked = one.decisions
            done = replace(one.upload, state="taken", remark="", by=who, lot=lot.id, facts=one.facts, corrected=0, decision="",
                           told=asked.tell()[:400], kept=dict(asked.kept), left=dict(asked.left))  # fmt: skip
            begin_take(city, done, lots=[lot.id], corrections=[], at=at)
        return ()

    with ExitStack() as held:
        for name in sorted(decided):
            held.enter_context(lock(upload_folder(city, name)))
        try:
            return city.facts.deliver(pairs, received=at, amend=write_down if decided else None)
        finally:
            for name in decided:
                finish_held(city, name)


def _spread(told: Reasons, cells: Sequence[str]) -> dict[str, str]:
    return dict.fromkeys(cells, told) if isinstance(told, str) else {}


def _pick(told: Reasons, places: Sequence[str]) -> dict[str, str]:
    return {} if isinstance(told, str) else {place: told[place] for place in places if place in told}


def _unusable(what: Label, where: str, expected: Label) -> SettingError:
    return SettingError(
        what,
        where=where,
        expected=expected,
        remedy=Label("改正后重试；没有入库", "mend it and try again; nothing was taken in"),
    )
