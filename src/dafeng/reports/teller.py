"""How a report of an assessment speaks: figures of the view document in words, each with the address that explains it.

Invariant: a figure is rounded once for reading and keeps its address; nothing is computed but the unit it is shown in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dafeng.core.display import display
from dafeng.core.errors import UnitError
from dafeng.core.units import convert
from dafeng.reports.blocks import Chart, ChartKind, Figure, Part, Series, Table
from dafeng.reports.voice import Row, Speech
from dafeng.work.brief import write_number
from dafeng.work.brief_index import strip

NONE = "—"
"""Where there is no figure."""
COMPARATORS: Mapping[str, str] = {">=": "≥ ", "<=": "≤ ", "~": "≈ ", ">": "> ", "<": "< "}


CHANCES = ("probability", "trend", "again", "before")
"""Endings of the addresses of probabilities that come from draws, which never prove certainty."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How figures of one table or chart are shown.

    Parameters
    ----------
    text : str
        Their unit in words.
    factor : float
        Shown figure per stored figure.
    places : int
        Decimal places that the largest one needs.
    """

    text: str
    factor: float
    places: int

    def cell(self, row: Row | None) -> Part:
        """A figure without its unit, for a table whose unit stands above it.

        Parameters
        ----------
        row : mapping or None
            Number of the view.

        Returns
        -------
        Figure or str
            As many places as the others, more where it would read as zero; a dash where there is none.
        """
        if row is None or row["value"] is None:
            return NONE
        value = float(row["value"]) * self.factor
        least = 10.0**-self.places
        text = f"{value:,.{self.places}f}" if abs(value) >= least or not value else f"{value:.2g}"
        told = text.replace("-", "−")
        return Figure(told, strip(row["address"])) if row.get("address") else told


@dataclass(frozen=True, slots=True)
class Teller(Speech):
    """A view document in one language."""

    def number(self, row: Row | None, *, form: str = "say", sign: str = "") -> Part:
        """A figure with its unit.

        Parameters
        ----------
        row : mapping or None
            Number of the view.
        form : str
            As in the templates of the brief.
        sign : str
            What stands before it.

        Returns
        -------
        Figure or str
            A dash where there is none.
        """
        if row is None or row["value"] is None:
            return NONE
        told = self._write(row, _form(row) if form == "say" else form)
        return Figure(sign + told, strip(row["address"])) if row.get("address") else sign + told

    def goal(self, verdict: Row) -> Part:
        """What a target asks for.

        Parameters
        ----------
        verdict : mapping
            Row of ``verdicts``.

        Returns
        -------
        Figure or str
            With its comparator.
        """
        return self.number(verdict["value"], sign=COMPARATORS.get(verdict["comparator"] or "", ""))

    def band(self, row: Row | None) -> Part:
        """A figure with its interval.

        Parameters
        ----------
        row : mapping or None
            Number of the view.

        Returns
        -------
        Figure or str
            ``57.9 (54.5–61.9)`` with the unit at the end; without the interval where there is none.
        """
        said = self.number(row)
        if row is None or isinstance(said, str) or row.get("low") is None or row["low"] == row.get("high"):
            return said
        span = _shared(self._write(row, "span"))
        return Figure(f"{said.text}{self.text('（', ' (')}{span}{self.text('）', ')')}", said.address)

    def mark(self, address: str | None) -> Part:
        """The number of an address and nothing else.

        Parameters
        ----------
        address : str or None
            Address of what was said before.

        Returns
        -------
        Figure or str
            Empty where there is none.
        """
        return Figure("", strip(address)) if address else ""

    def scale(self, values: Iterable[float | None], unit: str) -> Scale:
        """The unit and the places that suit several values.

        Parameters
        ----------
        values : iterable of float or None
            Values. [unit]
        unit : str
            Unit as stored.

        Returns
        -------
        Scale
            The same unit as on the pages.
        """
        most = max((abs(float(value)) for value in values if value is not None), default=0.0)
        try:
            amount = display(Decimal(repr(most)), unit, self.language)
            text, factor = amount.text, float(convert(Decimal(1), unit, amount.unit))
        except UnitError:
            text, factor = unit, 1.0
        size = len(f"{most * factor:.0f}") if most * factor >= 1 else 0
        return Scale(text.replace("CO2", "CO₂"), factor, max(0, 4 - size))

    def chart(
        self,
        kind: ChartKind,
        labels: Sequence[Any],
        curves: Sequence[tuple[str, str, Sequence[float | None]]],
        unit: str,
        *,
        title: str,
        says: str,
        source: str = "",
        addresses: Iterable[str] = (),
    ) -> Chart:
        """A chart in a unit that suits its values.

        Parameters
        ----------
        kind : {"fan", "columns", "bars", "stack"}
            What it looks like.
        labels : sequence
            What stands along its axis.
        curves : sequence of (str, str, sequence)
            Id, name and values of each series. [unit]
        unit : str
            Unit as stored.
        title, says, source : str
            Its title, the picture in words, the line below.
        addresses : iterable of str
            Addresses that explain it.

        Returns
        -------
        Chart
            Values to five significant digits, as the pages draw them.
        """
        scale = self.scale((value for _, _, values in curves for value in values), unit)
        series = tuple(
            Series(part, name, tuple(None if value is None else float(f"{value * scale.factor:.5g}") for value in values))
            for part, name, values in curves
        )
        listed = tuple(dict.fromkeys(strip(address) for address in addresses if address))
        return Chart(kind, title, scale.text, tuple(map(str, labels)), series, says, source, listed)

    def table(
        self,
        title: str,
        heads: tuple[str, ...],
        widths: tuple[int, ...],
        rows: Iterable[Sequence[Part]],
        *,
        right: Iterable[int] = (),
        strong: Iterable[int] = (),
        unit: str = "",
        source: str = "",
    ) -> Table:
        """A table.

        Parameters
        ----------
        title : str
            Title.
        heads : tuple of str
            Headings.
        widths : tuple of int
            Widths of the columns, 156 together at most. [mm]
        rows : iterable of sequence of (str or Figure)
            Cells.
        right, strong : iterable of int
            Columns of numbers, rows that are sums.
        unit, source : str
            Unit at the right above, line below.

        Returns
        -------
        Table
            With the run as its source where none is told.
        """
        told = source or self.text(f"来源：dafeng 评估运行 {self.run}。", f"Source: dafeng, run {self.run}.")
        cells = tuple(tuple(row) for row in rows)
        return Table(title, unit, heads, widths, cells, frozenset(right), frozenset(strong), told)

    def _write(self, row: Row, form: str) -> str:
        return write_number(row, form, self.language).replace("-", "−").replace("二氧化碳e", "二氧化碳当量")

    @property
    def run(self) -> str:
        """Id of the run."""
        return str(self.form["run"]["id"])

    @property
    def city(self) -> str:
        """Name of the city."""
        return self.read(self.form["city"]["label"])


def _shared(span: str) -> str:
    """An interval whose ends have one unit, told once."""
    low, _, high = span.partition("–")
    (first, _, unit), (_, _, other) = low.partition(" "), high.partition(" ")
    return f"{first}–{high}" if unit and unit == other else span


def _form(row: Row) -> str:
    """How a figure is said: a year without separators, a probability without certainty."""
    if row["unit"] == "年" and float(row["value"]) > 1000:
        return "year"
    chance = row["unit"] == "%" and strip(row.get("address") or "").rpartition(".")[2] in CHANCES
    return "odds" if chance and not str(row.get("address")).partition("/measures/")[1] else "say"
