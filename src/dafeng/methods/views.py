"""Views of an inventory: sums of the same cells by sector, by fuel, and in all.

Invariant: a view stores nothing; every sum is the fold of the cells it names, so all views of a quantity agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Literal

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.core.units import convert, same_dimension
from dafeng.library.factor import worst
from dafeng.library.factors import FactorLibrary
from dafeng.methods.explanation import plain
from dafeng.methods.inventory import Computed, Missing

By = Literal["all", "sector", "category", "carrier"]
"""What a sum is taken over: everything, the sector (``energy.households``), the category, or the carrier."""


@dataclass(frozen=True, slots=True)
class Total:
    """A sum of cells.

    Parameters
    ----------
    quantity : str
        What was summed.
    key : str
        Sector, category or carrier; empty for the sum of all.
    label : Label
        Name in words.
    value : Decimal
        Sum. [unit]
    unit : str
        Unit.
    cells : tuple of str
        Ids of the results that were summed.
    address : str
        Address of its trace.
    """

    quantity: str
    key: str
    label: Label
    value: Decimal
    unit: str
    cells: tuple[str, ...]
    address: str


def totals(cells: Iterable[Computed], library: FactorLibrary, *, quantity: str, by: By) -> tuple[Total, ...]:
    """Sums of the cells of one quantity.

    Parameters
    ----------
    cells : iterable of Computed
        Cells of one place and year.
    library : FactorLibrary
        Names of carriers.
    quantity : str
        Quantity to sum, e.g. ``co2``.
    by : By
        What the sums are taken over.

    Returns
    -------
    tuple of Total
        Sums, the largest first; none where the quantity has no cells.
    """
    groups: dict[str, list[Computed]] = {}
    for cell in cells:
        if cell.method.quantity == quantity:
            groups.setdefault(_key(cell, by), []).append(cell)
    found = [_total(key, group, library, by) for key, group in groups.items()]
    return tuple(sorted(found, key=lambda total: (-total.value, total.key)))


@dataclass(frozen=True, slots=True)
class Fuel:
    """One fuel of an inventory: what was burnt, what it gave, and the factor that this means.

    Parameters
    ----------
    carrier : str
        Id of the fuel.
    label : Label
        Official name.
    activity : Decimal
        Amount. [unit]
    unit : str
        Unit as delivered.
    value : Decimal
        Emission. [tCO2]
    factor : Decimal or None
        Emission per amount, 9 places; ``None`` where nothing was burnt. [factor_unit]
    factor_unit : str
        tCO2/t, or tCO2/万立方米 for gases.
    match : str
        Worst match grade of its factors.
    """

    carrier: str
    label: Label
    activity: Decimal
    unit: str
    value: Decimal
    factor: Decimal | None
    factor_unit: str
    match: str


def fuels(cells: Iterable[Computed], library: FactorLibrary, *, method: str = "fuel_combustion") -> tuple[Fuel, ...]:
    """Fuels of an inventory, summed over sectors.

    Parameters
    ----------
    cells : iterable of Computed
        Cells of one place and year.
    library : FactorLibrary
        Names of fuels.
    method : str
        Method whose cells are taken.

    Returns
    -------
    tuple of Fuel
        Fuels, the largest emission first.
    """
    groups: dict[str, list[Computed]] = {}
    for cell in cells:
        if cell.method.id == method:
            groups.setdefault(cell.activity.carrier, []).append(cell)
    found = [_fuel(carrier, group, library) for carrier, group in groups.items()]
    return tuple(sorted(found, key=lambda fuel: (-fuel.value, fuel.carrier)))


def matrix(cells: Iterable[Computed], *, quantity: str) -> Mapping[tuple[str, str], tuple[str, Decimal]]:
    """Sectors by fuels: the summary table of a city.

    Parameters
    ----------
    cells : iterable of Computed
        Cells of one place and year.
    quantity : str
        Quantity, e.g. ``co2``.

    Returns
    -------
    mapping of (category, carrier) to (address, value)
        Every cell with its address; a pair that is absent was not computed, which is not zero.
    """
    chosen = [cell for cell in cells if cell.method.quantity == quantity]
    return {(c.activity.category.id, c.activity.carrier): (f"results/{c.id}", c.value) for c in chosen}


def total_traces(cells: Iterable[Computed], missing: Iterable[Missing], library: FactorLibrary) -> Iterator[Trace]:
    """Traces of all sums that the views show.

    Parameters
    ----------
    cells : iterable of Computed
        Cells of one place and year.
    missing : iterable of Missing
        Cells that have facts but no result.
    library : FactorLibrary
        Names of carriers.

    Yields
    ------
    Trace
        Under ``results/total.…``, with the cells as inputs; a sum that lacks cells says which.
    """
    listed, lost = tuple(cells), tuple(missing)
    matches = {c.id: worst(match.grade for match in c.matches.values()) for c in listed}
    sides: tuple[By, ...] = ("all", "sector", "carrier")
    for quantity in dict.fromkeys(cell.method.quantity for cell in listed):
        for by in sides:
            for total in totals(listed, library, quantity=quantity, by=by):
                yield Trace(
                    address=total.address,
                    kind="result",
                    says=Label(
                        f"{total.label.zh}：{len(total.cells)} 项之和", f"{total.label.en}: sum of {len(total.cells)} cells"
                    ),
                    value=plain(total.value),
                    unit=total.unit,
                    year=listed[0].year,
                    inputs=tuple(f"results/{name}" for name in total.cells),
                    match=worst(matches[name] for name in total.cells),
                    note=_incomplete(total, by, lost, library),
                )


def _fuel(carrier: str, group: list[Computed], library: FactorLibrary) -> Fuel:
    printed = group[0].activity.unit
    base = "万立方米" if same_dimension(printed, "m3") else "t"
    with localcontext() as context:
        context.prec = 60
        amount = sum((convert(cell.activity.amount, cell.activity.unit, printed) for cell in group), Decimal(0))
        value = sum((cell.value for cell in group), Decimal(0))
        factor = (value / convert(amount, printed, base)).quantize(Decimal("1e-9")) if amount else None
    match = worst(match.grade for cell in group for match in cell.matches.values())
    label = library.label("substance", carrier)
    return Fuel(carrier, label, amount, printed, value, factor, f"tCO2/{base}", match)


def _incomplete(total: Total, by: By, missing: tuple[Missing, ...], library: FactorLibrary) -> Label | None:
    lost = [m for m in missing if m.method.quantity == total.quantity and _key(m, by) == total.key]
    if not lost:
        return None
    names = [(m.activity.category.label, library.label("substance", m.activity.carrier)) for m in lost]
    zh = "、".join(f"{category.zh}的{carrier.zh}" for category, carrier in names)
    en = ", ".join(f"{carrier.en} of {category.en}" for category, carrier in names)
    return Label(f"不完整，缺少：{zh}", f"incomplete, lacking {en}")


def _key(cell: Computed | Missing, by: By) -> str:
    category = cell.activity.category.id
    sector = ".".join(category.split(".")[:2])
    return {"all": "", "sector": sector, "category": category, "carrier": cell.activity.carrier}[by]


def _total(key: str, group: list[Computed], library: FactorLibrary, by: By) -> Total:
    first = group[0]
    with localcontext() as context:
        context.prec = 60
        value = sum((cell.value for cell in group), Decimal(0))
    parts = ("total", first.method.quantity, by if key else "", key, str(first.year))
    return Total(
        quantity=first.method.quantity,
        key=key,
        label=_label(key, group, library, by),
        value=value,
        unit=first.method.unit,
        cells=tuple(cell.id for cell in group),
        address=f"results/{'.'.join(part for part in parts if part)}",
    )


def _label(key: str, group: list[Computed], library: FactorLibrary, by: By) -> Label:
    quantity = library.label("quantity", group[0].method.quantity)
    if by == "all":
        return Label(f"{quantity.zh}合计", f"{quantity.en}, total")
    if by == "carrier":
        name = library.label("substance", key)
    else:
        known = {c.id: c.label for cell in group for c in cell.method.categories}
        name = known.get(key, group[0].activity.category.label)
    return Label(f"{name.zh} {quantity.zh}", f"{quantity.en}, {name.en}")
