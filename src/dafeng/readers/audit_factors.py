"""The audit of heat values, carbon contents and factors that are delivered or supplied, against the published tables.

Invariant: warnings only; the tables that were compared are named, and a range of weak evidence says its grade.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from dafeng.core.errors import UnitError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.units import convert
from dafeng.library.factor import Factor
from dafeng.library.factors import FactorLibrary
from dafeng.library.listing import Kind, load_csv
from dafeng.library.overlay import shipped
from dafeng.readers.delivery import remark
from dafeng.readers.numbers import plain
from dafeng.readers.series import Row
from dafeng.readers.suggestions import find

PARAMETERS: Mapping[str, str] = {
    "heating_value": "heating_value",
    "gas_heating_value": "heating_value",
    "carbon_content": "carbon_content",
    "oxidation_rate": "oxidation_rate",
}
"""Indicators that deliver a parameter of the factor library."""
KIND_COLUMNS: Mapping[str, Kind] = {"fuel": "text", "kinds": "text", "note": "text?"}
CARBON = Decimal(44) / Decimal(12)
"""Carbon dioxide per carbon. [t/t]"""
DIGITS = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Span:
    """What the published tables hold for one fuel and parameter.

    Parameters
    ----------
    low, high : Decimal
        Smallest and largest figure. [unit]
    unit : str
        Unit.
    tables : tuple of Label
        Where they stand.
    weak : bool
        Whether all of them are of weak evidence.
    """

    low: Decimal
    high: Decimal
    unit: str
    tables: tuple[Label, ...]
    weak: bool


def find_strange_figures(rows: Iterable[Row], library: FactorLibrary, *, margin: Decimal) -> Iterator[Finding]:
    """Delivered heat values, carbon contents and oxidation rates outside the published tables.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    library : FactorLibrary
        Published tables.
    margin : Decimal
        By how much the span of the tables is widened on both sides. [0..1]

    Yields
    ------
    Finding
        Rule ``audit.factor``.
    """
    for row in rows:
        parameter, carrier = PARAMETERS.get(str(row["indicator"])), str(row["carrier"] or "")
        if parameter is None:
            continue
        told = _judge(library, (carrier, parameter), row["value"], str(row["unit"]), margin)
        if told is not None:
            says, remedy = told
            yield find("audit.factor", row, "warning", says, remedy)


def find_strange_factors(factors: Iterable[Factor], library: FactorLibrary, *, margin: Decimal) -> Iterator[Finding]:
    """Supplied factors outside the published tables.

    Parameters
    ----------
    factors : iterable of Factor
        Factors of a city or a run.
    library : FactorLibrary
        Published tables.
    margin : Decimal
        By how much the span of the tables is widened on both sides. [0..1]

    Yields
    ------
    Finding
        Rule ``audit.factor`` at the factor.
    """
    for factor in factors:
        if factor.value is None:
            continue
        told = _judge(library, (factor.substance, factor.parameter), factor.value, factor.unit, margin, factor.id)
        if told is not None:
            says, remedy = told
            yield remark("audit.factor", f"factors/{factor.id}", "warning", *says, remedy=remedy)


def span_of(library: FactorLibrary, substance: str, parameter: str, unit: str, *, without: str = "") -> Span | None:
    """What the tables hold for a fuel and parameter.

    Parameters
    ----------
    library : FactorLibrary
        The tables.
    substance, parameter : str
        Fuel and parameter; the emission factor of a fuel is composed of its heat value, carbon and oxidation.
    unit : str
        Unit wanted.
    without : str, optional
        Id of a factor that is left out.

    Returns
    -------
    Span or None
        ``None`` where no table holds it in that dimension.
    """
    kinds = (substance, *_kinds().get(substance, ()))
    found = [f for f in library.factors.values() if f.substance in kinds and f.parameter == parameter and f.id != without]
    values = [(factor, value) for factor in found for value in _values(factor, unit)]
    if values:
        numbers = [value for _, value in values]
        tables = dict.fromkeys(library.label("standard", factor.standard) for factor, _ in values)
        weak = all(factor.grade in ("provisional", "memory") for factor, _ in values)
        return Span(min(numbers), max(numbers), unit, tuple(tables), weak)
    return _composed(library, substance, unit) if parameter == "emission_factor" else None


@cache
def _kinds() -> Mapping[str, tuple[str, ...]]:
    """Fuels that a fuel without tables of its own is one of."""
    rows = load_csv(shipped() / "classes" / "fuel_kinds.csv", KIND_COLUMNS, key=("fuel",))
    return {row["fuel"]: tuple(row["kinds"].split("|")) for row in rows}


def _composed(library: FactorLibrary, substance: str, unit: str) -> Span | None:
    per = unit.rpartition("/")[2]
    heat = span_of(library, substance, "heating_value", f"GJ/{per}")
    carbon = span_of(library, substance, "carbon_content", "tC/TJ")
    rate = span_of(library, substance, "oxidation_rate", "1")
    if heat is None or carbon is None or rate is None or not unit.startswith("tCO2/"):
        return None
    low, high = (
        (getattr(heat, end) * getattr(carbon, end) * getattr(rate, end) * CARBON / 1000).quantize(DIGITS)
        for end in ("low", "high")
    )
    tables = dict.fromkeys((*heat.tables, *carbon.tables, *rate.tables))
    return Span(low, high, unit, tuple(tables), heat.weak or carbon.weak or rate.weak)


def _values(factor: Factor, unit: str) -> list[Decimal]:
    listed = [value for value in (factor.value, factor.lower, factor.upper) if value is not None]
    try:
        return [convert(value, factor.unit, unit) for value in listed]
    except UnitError:
        return []


def _judge(
    library: FactorLibrary, key: tuple[str, str], value: Decimal, unit: str, margin: Decimal, without: str = ""
) -> tuple[tuple[str, str], tuple[str, str]] | None:
    """What is strange about a figure and what to do, in both languages."""
    substance, parameter = library.label("substance", key[0]), library.label("parameter", key[1])
    name = f"{substance.zh}{parameter.zh} {plain(value)} {unit}", f"{parameter.en} of {substance.en}, {plain(value)} {unit}"
    if key[1] == "oxidation_rate" and (_ratio(value, unit) > 1 or value < 0):
        return (f"{name[0]} 不在0至100%之间", f"{name[1]}, is not between 0 and 100 %"), (
            "核对数值和单位",
            "check value and unit",
        )
    span = span_of(library, *key, unit, without=without)
    if span is None or span.low * (1 - margin) <= value <= span.high * (1 + margin):
        return None
    tables = "、".join(label.zh for label in span.tables), ", ".join(label.en for label in span.tables)
    grade = ("（证据等级 provisional，仅供参考）", " (grade provisional, for orientation only)") if span.weak else ("", "")
    low, high = (plain(end.quantize(DIGITS)) for end in (span.low, span.high))
    says = (
        f"{name[0]} 在公布表的范围 {low} 至 {high} 之外（放宽 {margin:%}）：{tables[0]}{grade[0]}",
        f"{name[1]}, is outside the published span {low} to {high} (widened by {margin:%}): {tables[1]}{grade[1]}",
    )
    return says, (
        "核对化验报告、单位和基准（收到基、干燥基）",
        "check the test report, the unit and the basis (as received or dry)",
    )


def _ratio(value: Decimal, unit: str) -> Decimal:
    try:
        return convert(value, unit, "1")
    except UnitError:
        return value
