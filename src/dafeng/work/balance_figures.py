"""Published single figures that the views of an energy balance need, or that are shown beside them.

Invariant: a figure is the place's own, or says whose it is; of several for one year the best graded and latest known is
taken; none is carried over from another year.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from dafeng.core.errors import UnitError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.core.units import convert
from dafeng.library.indicators import Catalogue
from dafeng.methods.energy_values import Value
from dafeng.methods.energy_views import Single, ViewBook
from dafeng.methods.explanation import EVIDENCE, plain
from dafeng.work.city import City
from dafeng.work.facts import fact_trace, file_hashes
from dafeng.work.surroundings import figures_around

Row = Mapping[str, Any]
USABLE = EVIDENCE[:-1]
"""Grades that are used; what is known from memory never is."""
SCALE = Decimal("0.000000001")
GAP = Decimal("0.01")
"""Relative difference between a published figure and its view from which it is reported. [1]"""


@dataclass(frozen=True, slots=True)
class Published:
    """A published single figure.

    Parameters
    ----------
    indicator : str
        Indicator.
    label : Label
        Name.
    year : int
        Year.
    value : Decimal
        Value as published. [unit]
    unit : str
        Unit.
    grade : str
        Evidence grade.
    address : str
        Address of its fact.
    view : str or None
        View that it comes nearest to; ``None`` where there is none to compare.
    gap : Decimal or None
        The view over the figure, less one. [1]
    """

    indicator: str
    label: Label
    year: int
    value: Decimal
    unit: str
    grade: str
    address: str
    view: str | None
    gap: Decimal | None


@dataclass(frozen=True, slots=True)
class PublishedFigures:
    """All published figures that the views are shown beside.

    Parameters
    ----------
    rows : tuple of Published
        By indicator and year.
    traces : tuple of Trace
        Their facts.
    findings : tuple of Finding
        Figures that no view reproduces.
    """

    rows: tuple[Published, ...]
    traces: tuple[Trace, ...]
    findings: tuple[Finding, ...]


class Figures:
    """Figures that expressions use, by year.

    Parameters
    ----------
    city : City
        The city.
    facts : sequence of mapping
        Its facts and those of the places around it.
    book : ViewBook
        Which figures are used, in which unit.
    """

    def __init__(self, city: City, facts: Sequence[Row], book: ViewBook) -> None:
        self._own = [row for row in facts if row["place"] == city.code and not row["flow"]]
        self._around = figures_around(city.code)
        self._hashes = file_hashes(city.facts)
        self._singles = {**{one.indicator: one for one in book.singles.values() if one.indicator}, **_stand_ins(book)}
        self._catalogue = city.catalogue()
        self._kept: dict[int, dict[str, Value]] = {}
        self._traces: list[Trace] = []
        self._findings: list[Finding] = []

    @property
    def traces(self) -> tuple[Trace, ...]:
        """Explanations of the figures that were used."""
        return tuple(self._traces)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Figures of other places that stand in."""
        return tuple(self._findings)

    def at(self, year: int) -> Mapping[str, Value]:
        """Figures of one year.

        Parameters
        ----------
        year : int
            Year.

        Returns
        -------
        mapping of str to Value
            By indicator, in the unit of their use; what is not known is absent.
        """
        if year not in self._kept:
            found = {name: self._find(single, year) for name, single in self._singles.items()}
            self._kept[year] = {name: value for name, value in found.items() if value is not None}
        return self._kept[year]

    def _find(self, single: Single, year: int) -> Value | None:
        own = _best(self._own, single.indicator, year)
        row = own or (_best(self._around, single.indicator, year) if single.around else None)
        if row is None:
            return None
        try:
            value = convert(row["value"], row["unit"], single.unit)
        except UnitError:
            return None
        inputs: tuple[str, ...] = ()
        if own is not None:
            self._traces.append(fact_trace(row, self._catalogue.indicators[single.indicator].label, self._hashes))
            inputs = (f"facts/{row['fact']}",)
        else:
            self._findings.append(_stands_in(single, row, year))
        trace = _figure_trace(single, row, value, year, inputs)
        self._traces.append(trace)
        return Value(single.id, single.label, value, value, single.unit, trace, ())


def read_published(
    city: City, facts: Iterable[Row], book: ViewBook, values: Mapping[int, Mapping[str, Mapping[str, Value]]]
) -> PublishedFigures:
    """Published single figures of a city, with the view that each comes nearest to.

    Parameters
    ----------
    city : City
        The city.
    facts : iterable of mapping
        Facts.
    book : ViewBook
        Which figures, and what they may mean.
    values : mapping of int to mapping
        Views by year, view and rule.

    Returns
    -------
    PublishedFigures
        Figures of whole years.
    """
    catalogue, hashes = city.catalogue(), file_hashes(city.facts)
    own = [row for row in facts if row["place"] == city.code and not row["flow"]]
    years = sorted({int(row["period"]) for row in own if row["period"].isdecimal()})
    chosen = [(name, year, row) for name in book.published for year in years if (row := _best(own, name, year)) is not None]
    rows = tuple(_published(name, year, row, book, values, catalogue) for name, year, row in chosen)
    traces = tuple(fact_trace(row, catalogue.indicators[name].label, hashes) for name, _, row in chosen)
    return PublishedFigures(rows, traces, tuple(_gap(row, book) for row in rows if row.gap is not None and abs(row.gap) > GAP))


def _stand_ins(book: ViewBook) -> dict[str, Single]:
    return {
        one.figure: Single(one.id, one.label, one.symbol, one.unit, one.figure, False, None, "", "")
        for one in book.sums.values()
        if one.figure
    }


def _best(rows: Iterable[Row], indicator: str, year: int) -> Row | None:
    fitting = [row for row in rows if row["indicator"] == indicator and row["period"] == str(year) and row["grade"] in USABLE]
    return min(fitting, key=lambda row: USABLE.index(row["grade"]), default=None)


def _figure_trace(single: Single, row: Row, value: Decimal, year: int, inputs: tuple[str, ...]) -> Trace:
    note = Label(f"来源附注：{row['note']}", f"note of the source: {row['note']}") if row["note"] else None
    return Trace(
        address=f"balances/figure.{single.indicator}.{year}",
        kind="indicator" if inputs else "fact",
        says=single.label,
        value=plain(value),
        unit=single.unit,
        year=year,
        inputs=inputs,
        source=row["source"],
        grade=row["grade"],
        match=None if inputs else "parent_place",
        note=note if inputs else Label(f"{row['place']} 的公布值代用", f"figure of {row['place']} stands in"),
    )


def _stands_in(single: Single, row: Row, year: int) -> Finding:
    return Finding(
        "balance.parent_place",
        f"balances/figure.{single.indicator}.{year}",
        "warning",
        Label(
            f"{year}年没有本地的“{single.label.zh}”，以 {row['place']} 的公布值 {plain(row['value'])} {row['unit']} 代用",
            f"{year} has no own figure for {single.label.en}; {plain(row['value'])} {row['unit']} of {row['place']} stands in",
        ),
        Label("补交本地公布值", "deliver the place's own figure"),
    )


def _published(
    name: str,
    year: int,
    row: Row,
    book: ViewBook,
    values: Mapping[int, Mapping[str, Mapping[str, Value]]],
    catalogue: Catalogue,
) -> Published:
    label, address = catalogue.indicators[name].label, f"facts/{row['fact']}"
    found = [
        (view, (value.value / theirs - 1).quantize(SCALE, ROUND_HALF_EVEN))
        for view in book.published[name]
        for value in values.get(year, {}).get(view, {}).values()
        if value.value is not None and (theirs := convert(row["value"], row["unit"], value.unit))
    ]
    view, gap = min(found, key=lambda pair: abs(pair[1]), default=(None, None))
    return Published(name, label, year, row["value"], row["unit"], row["grade"], address, view, gap)


def _gap(row: Published, book: ViewBook) -> Finding:
    view = book.views[str(row.view)].label
    share = plain((row.gap or Decimal(0)) * 100)
    figure = f"{plain(row.value)} {row.unit}"
    return Finding(
        "balance.published",
        row.address,
        "info",
        Label(
            f"{row.year}年公布的{row.label.zh} {figure} 最接近“{view.zh}”，本系统比公布值高 {share} %",
            f"the published {row.label.en} of {row.year}, {figure}, is nearest to '{view.en}'; ours is {share} % above it",
        ),
        Label(
            "核对公布值的口径、折标系数和发电煤耗",
            "check what the published figure covers, its coefficients and the coal use of generation",
        ),
    )
