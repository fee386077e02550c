"""Pieces of a report before it is set: headings, paragraphs with figures, tables in three lines.

Invariant: a figure is text with the number of its address; what is set later adds nothing to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from dafeng.core.labels import Language
from dafeng.readers.numbering import count_chinese

ChartKind = Literal["fan", "columns", "bars", "stack"]
"""Middle line in its band; upright columns; lying bars, summed where there are several series; layers over time with a line."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in a text.

    Parameters
    ----------
    text : str
        Digits with their unit.
    address : str
        Address that explains it.
    """

    text: str
    address: str


Part = str | Figure
"""Words or a figure."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading.

    Parameters
    ----------
    level : int
        1 to 3.
    text : str
        Words, without a number.
    """

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph.

    Parameters
    ----------
    parts : tuple of str or Figure
        Words and figures in order.
    """

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table in three lines.

    Parameters
    ----------
    title : str
        Title, without a number.
    unit : str
        Unit that stands at the right above it; empty where columns have their own.
    heads : tuple of str
        Headings.
    widths : tuple of int
        Widths of the columns. [mm]
    rows : tuple of tuple of (str or Figure)
        Cells; a figure brings its address.
    right : frozenset of int
        Columns of numbers.
    strong : frozenset of int
        Rows that are sums.
    source : str
        Line below the table.
    """

    title: str
    unit: str
    heads: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[Part, ...], ...]
    right: frozenset[int] = frozenset()
    strong: frozenset[int] = frozenset()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Values of a chart.

    Parameters
    ----------
    id : str
        Part they play in a fan (``low``, ``middle``, ``high``, ``recorded``), ``line`` in a stack, else a name.
    name : str
        What stands in the legend.
    values : tuple of float or None
        One for each label of the chart; ``None`` is a gap.
    """

    id: str
    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart.

    Parameters
    ----------
    kind : {"fan", "columns", "bars", "stack"}
        What it looks like.
    title : str
        What it shows, without a number.
    unit : str
        Unit of its values.
    labels : tuple of str
        What stands along its axis.
    series : tuple of Series
        Its values, one length all.
    says : str
        The picture in words, for whoever cannot see it.
    source : str
        Line below it.
    addresses : tuple of str
        Addresses that explain its values.
    """

    kind: ChartKind
    title: str
    unit: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    says: str
    source: str = ""
    addresses: tuple[str, ...] = ()


Block = Heading | Paragraph | Table | Chart


@dataclass(frozen=True, slots=True)
class Report:
    """A report.

    Parameters
    ----------
    title : str
        Title.
    subtitle : str
        Line below the title.
    language : {"zh", "en"}
        Language.
    blocks : tuple of Heading, Paragraph, Table or Chart
        Content in order.
    """

    title: str
    subtitle: str
    language: Language
    blocks: tuple[Block, ...]

    def addresses(self) -> tuple[str, ...]:
        """Addresses in the order in which the report first quotes them.

        Returns
        -------
        tuple of str
            Each once; the number of an address is its place here, counted from one.
        """
        return tuple(dict.fromkeys(part.address for part in self._parts() if isinstance(part, Figure)))

    def _parts(self) -> Sequence[Part]:
        found: list[Part] = []
        for block in self.blocks:
            if isinstance(block, Paragraph):
                found += block.parts
            elif isinstance(block, Table):
                found += [part for row in block.rows for part in row]
            elif isinstance(block, Chart):
                found += [Figure("", address) for address in block.addresses]
        return found


@dataclass(slots=True)
class Numbering:
    """Numbers of headings as official papers write them.

    Parameters
    ----------
    language : {"zh", "en"}
        Language.
    counts : list of int
        Headings so far on each level.
    """

    language: Language
    counts: list[int] = field(default_factory=lambda: [0, 0, 0])

    def number(self, heading: Heading) -> str:
        """A heading with its number.

        Parameters
        ----------
        heading : Heading
            The next heading.

        Returns
        -------
        str
            ``一、概述``, ``（一）汇总`` or ``1. 核电``; in English ``1 Overview``, ``1.1 Summary`` or ``1.1.1 Nuclear``.
        """
        at = heading.level - 1
        self.counts = [*self.counts[:at], self.counts[at] + 1, *[0] * (len(self.counts) - heading.level)]
        if self.language == "en":
            return f"{'.'.join(map(str, self.counts[: heading.level]))} {heading.text}"
        count = self.counts[at]
        return (f"{count_word(count)}、", f"（{count_word(count)}）", f"{count}. ")[at] + heading.text

    def begin(self) -> None:
        """Begin a chapter whose own heading stands elsewhere."""
        self.counts = [self.counts[0] + 1, *[0] * (len(self.counts) - 1)]


def count_word(number: int) -> str:
    """A number in Chinese numerals.

    Parameters
    ----------
    number : int
        At least 1; those beyond 9 999 are written in digits.

    Returns
    -------
    str
        ``一`` … ``九千九百九十九``.
    """
    return count_chinese(number)
