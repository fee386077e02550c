"""Estimate a city's energy balance from that of its province.

Invariant: an estimate names its driver, its interval and its rule, and is never a reported figure; what has no driver
known for both places is not estimated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from pathlib import Path

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.overlay import shipped
from dafeng.library.records import Record
from dafeng.library.strict import read_yaml

_DIGITS = 60
_STEP = Decimal("0.000001")
ELECTRICITY = "electricity"
"""Carrier that is brought to published electricity."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of a balance that follow one driver.

    Parameters
    ----------
    id : str
        Id.
    label : Label
        Name in words.
    flows : tuple of str
        Rows that are scaled.
    instead : tuple of str
        Rows that are scaled where the province has none of ``flows``.
    memo : tuple of str
        Rows of which-kind: scaled, but in no sum.
    drivers : tuple of str
        Indicators, best first.
    total, electricity : str or None
        Published indicators the group is brought to.
    """

    id: str
    label: Label
    flows: tuple[str, ...]
    instead: tuple[str, ...]
    memo: tuple[str, ...]
    drivers: tuple[str, ...]
    total: str | None
    electricity: str | None


@dataclass(frozen=True, slots=True)
class Downscaling:
    """How a balance is estimated.

    Parameters
    ----------
    label : Label
        Name in words.
    source : str
        Source id.
    years : int
        Largest distance between the years of a driver. [a]
    widening : Decimal
        Widening of the interval for each year between the data compared. [1/a]
    groups : tuple of Group
        Groups.
    """

    label: Label
    source: str
    years: int
    widening: Decimal
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class ProvinceCell:
    """One figure of the province's balance.

    Parameters
    ----------
    flow, carrier : str
        Row and column.
    value : Decimal
        Figure. [unit]
    unit : str
        Unit.
    energy : Decimal or None
        The same in coal equivalents by heat content; ``None`` where no coefficient is known. [tce]
    """

    flow: str
    carrier: str
    value: Decimal
    unit: str
    energy: Decimal | None


@dataclass(frozen=True, slots=True)
class Driver:
    """A driver known for both places.

    Parameters
    ----------
    indicator : str
        Indicator.
    label : Label
        Name in words.
    share : Decimal
        City over province. [1]
    city_year, province_year : int
        Years of the two figures.
    addresses : tuple of str
        Addresses of the two figures.
    """

    indicator: str
    label: Label
    share: Decimal
    city_year: int
    province_year: int
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EstimatedCell:
    """One estimated figure of the city's balance.

    Parameters
    ----------
    flow, carrier : str
        Row and column.
    value, low, high : Decimal
        Estimate and interval. [unit]
    unit : str
        Unit.
    energy : Decimal or None
        The estimate in coal equivalents. [tce]
    group : str
        Group it belongs to.
    driver : Driver
        Driver of the middle value.
    factor : Decimal
        What the first estimate was multiplied by to meet published figures; 1 where none is published. [1]
    published : tuple of str
        Indicators it was brought to.
    """

    flow: str
    carrier: str
    value: Decimal
    low: Decimal
    high: Decimal
    unit: str
    energy: Decimal | None
    group: str
    driver: Driver
    factor: Decimal
    published: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EstimatedBalance:
    """An estimated balance.

    Parameters
    ----------
    year : int
        Year of the estimate.
    province_year : int
        Year of the province's balance.
    cells : tuple of EstimatedCell
        Estimated figures.
    findings : tuple of Finding
        What was not estimated, and how far the first estimate was from published figures.
    """

    year: int
    province_year: int
    cells: tuple[EstimatedCell, ...]
    findings: tuple[Finding, ...]


def read_downscaling(*, path: Path | None = None) -> Downscaling:
    """Read the definition of the estimate.

    Parameters
    ----------
    path : Path, optional
        Another definition file.

    Returns
    -------
    Downscaling
        The definition.

    Raises
    ------
    DefinitionError
        If the file breaks the schema.
    """
    root = Record(read_yaml(path or shipped() / "downscaling" / "balance.yaml"), ())
    root.allow({"id", "source", "label", "years", "widening", "groups"})
    return Downscaling(
        label=root.label("label"),
        source=root.text("source"),
        years=int(root.decimal("years") or 0),
        widening=root.decimal("widening") or Decimal(0),
        groups=tuple(_group(record) for record in root.children("groups")),
    )


def _group(record: Record) -> Group:
    record.allow({"id", "label", "flows", "instead", "memo", "drivers", "total", "electricity"})
    return Group(
        id=record.text("id"),
        label=record.label("label"),
        flows=record.texts("flows"),
        instead=record.texts("instead"),
        memo=record.texts("memo"),
        drivers=record.texts("drivers"),
        total=record.text_or_none("total"),
        electricity=record.text_or_none("electricity"),
    )


def estimate_balance(
    province: Sequence[ProvinceCell],
    definition: Downscaling,
    *,
    year: int,
    province_year: int,
    drivers: Mapping[str, Driver],
    published: Mapping[str, Decimal],
) -> EstimatedBalance:
    """Estimate a city's balance.

    Parameters
    ----------
    province : sequence of ProvinceCell
        Balance of the province.
    definition : Downscaling
        How it is estimated.
    year : int
        Year of the estimate.
    province_year : int
        Year of the province's balance.
    drivers : mapping of str to Driver
        Drivers known for both places, by indicator.
    published : mapping of str to Decimal
        What the city has published: electricity in the unit of the balance, energy in tce.

    Returns
    -------
    EstimatedBalance
        Cells with intervals, and findings.
    """
    cells: list[EstimatedCell] = []
    findings: list[Finding] = []
    with localcontext() as context:
        context.prec = _DIGITS
        for group in definition.groups:
            known = [drivers[name] for name in group.drivers if name in drivers]
            rows = _rows(group, province)
            if not rows:
                continue
            if not known:
                findings.append(_no_driver(group))
                continue
            first = [_scaled(cell, group, known, definition, year, province_year) for cell in rows]
            cells += _brought(first, group, published, findings)
    return EstimatedBalance(year, province_year, tuple(_rounded(cell) for cell in cells), tuple(findings))


def _rows(group: Group, province: Sequence[ProvinceCell]) -> list[ProvinceCell]:
    present = {cell.flow for cell in province}
    wanted = group.flows if present & set(group.flows) else group.instead
    return [cell for cell in province if cell.flow in (*wanted, *group.memo)]


def _scaled(
    cell: ProvinceCell, group: Group, known: Sequence[Driver], definition: Downscaling, year: int, province_year: int
) -> EstimatedCell:
    best = known[0]
    distances = [abs(d.city_year - d.province_year) + abs(year - province_year) for d in known]
    ends = [
        d.share * (1 + sign * definition.widening * gap) for d, gap in zip(known, distances, strict=True) for sign in (-1, 1)
    ]
    low, high = sorted((cell.value * max(min(ends), Decimal(0)), cell.value * max(ends)))
    energy = None if cell.energy is None else cell.energy * best.share
    value = cell.value * best.share
    return EstimatedCell(cell.flow, cell.carrier, value, low, high, cell.unit, energy, group.id, best, Decimal(1), ())


def _brought(
    cells: Sequence[EstimatedCell], group: Group, published: Mapping[str, Decimal], findings: list[Finding]
) -> list[EstimatedCell]:
    """The estimate brought to what the city has published: electricity first, then the other carriers to the energy."""
    found = list(cells)
    if group.electricity is not None and group.electricity in published:
        found = _to_electricity(found, group, published[group.electricity], findings)
    if group.total is not None and group.total in published:
        found = _to_energy(found, group, published[group.total], findings)
    return found


def _to_electricity(cells: list[EstimatedCell], group: Group, wanted: Decimal, findings: list[Finding]) -> list[EstimatedCell]:
    name = str(group.electricity)
    now = sum((c.value for c in cells if c.carrier == ELECTRICITY and c.flow not in group.memo), Decimal(0))
    if not now:
        return cells
    findings.append(_factor(group, name, wanted / now))
    alone = len({cell.flow for cell in cells if cell.carrier == ELECTRICITY and cell.flow not in group.memo}) == 1
    return [_times(cell, wanted / now, name, exact=alone) if cell.carrier == ELECTRICITY else cell for cell in cells]


def _to_energy(cells: list[EstimatedCell], group: Group, wanted: Decimal, findings: list[Finding]) -> list[EstimatedCell]:
    name = str(group.total)
    fixed = {cell.carrier for cell in cells if cell.published}
    counted = [cell for cell in cells if cell.energy is not None and cell.flow not in group.memo]
    known = sum((c.energy or Decimal(0) for c in counted if c.carrier in fixed), Decimal(0))
    rest = sum((c.energy or Decimal(0) for c in counted if c.carrier not in fixed), Decimal(0))
    if not rest or wanted <= known:
        findings.append(_contradiction(group, wanted, known))
        return cells
    factor = (wanted - known) / rest
    findings.append(_factor(group, name, factor))
    return [cell if cell.carrier in fixed else _times(cell, factor, name, exact=False) for cell in cells]


def _times(cell: EstimatedCell, factor: Decimal, name: str, *, exact: bool) -> EstimatedCell:
    """A cell brought to a published figure; where the figure is the cell's own, nothing of the interval is left."""
    energy = None if cell.energy is None else cell.energy * factor
    value = cell.value * factor
    low, high = sorted((cell.low * factor, cell.high * factor))
    ends = (min(low, value), max(high, value)) if not exact else (value, value)
    return replace(
        cell, value=value, low=ends[0], high=ends[1], energy=energy, factor=factor, published=(*cell.published, name)
    )


def _rounded(cell: EstimatedCell) -> EstimatedCell:
    ends = [number.quantize(_STEP) for number in (cell.value, cell.low, cell.high)]
    return replace(cell, value=ends[0], low=ends[1], high=ends[2])


def total_energy(cells: Iterable[EstimatedCell], definition: Downscaling) -> Decimal:
    """Energy of estimated cells by heat content, without of-which rows and transformation.

    Parameters
    ----------
    cells : iterable of EstimatedCell
        Cells.
    definition : Downscaling
        The definition, which tells of-which rows.

    Returns
    -------
    Decimal
        Sum. [tce]
    """
    memo = {flow for group in definition.groups for flow in group.memo}
    final = [cell for cell in cells if cell.flow.startswith("final") and cell.flow not in memo]
    return sum((cell.energy for cell in final if cell.energy is not None), Decimal(0))


def _no_driver(group: Group) -> Finding:
    zh, en = "、".join(group.drivers), ", ".join(group.drivers)
    return Finding(
        "downscaling.driver",
        group.id,
        "warning",
        Label(
            f"{group.label.zh}没有市、省都有的驱动因子（{zh}），未推算",
            f"{group.label.en}: no driver is known for city and province ({en}); not estimated",
        ),
        Label("补充其中一项指标", "deliver one of these indicators"),
    )


def _factor(group: Group, name: str, factor: Decimal) -> Finding:
    return Finding(
        "downscaling.calibrated",
        f"{group.id}/{name}",
        "info",
        Label(
            f"{group.label.zh}：为与公布的 {name} 一致，初步推算乘以 {factor:.4f}",
            f"{group.label.en}: the first estimate was multiplied by {factor:.4f} to meet the published {name}",
        ),
        Label("系数偏离1越远，推算越粗", "the further from one, the rougher the estimate"),
    )


def _contradiction(group: Group, wanted: Decimal, known: Decimal) -> Finding:
    return Finding(
        "downscaling.contradiction",
        group.id,
        "warning",
        Label(
            f"{group.label.zh}：公布的用能 {wanted:.0f} tce 不大于其中电力 {known:.0f} tce，或没有其他品种，未校准",
            f"{group.label.en}: {wanted:.0f} tce published, {known:.0f} tce of electricity alone; not calibrated",
        ),
        Label("核对公布数据的口径（当量或等价）", "check by which convention the figures count electricity"),
    )
