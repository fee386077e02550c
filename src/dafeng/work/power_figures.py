"""Yearly figures of an operated city: their names, units and how each is made from the hourly series.

Invariant: every figure is a sum over the certified series; a carrier that the city lacks has no figure.
"""

from __future__ import annotations

from collections.abc import Mapping

from dafeng.core.labels import Label
from dafeng.core.units import conversion
from dafeng.energy.dispatch import Dispatch
from dafeng.energy.technologies import annual_cost, interest, read_technologies

MW = "MW"
BATTERY = "battery"
"""Technology of the storage that plans name."""
UNITS: Mapping[str, tuple[str, Label]] = {
    "demand": ("亿千瓦时", Label("用电需求", "demand")),
    "generation": ("亿千瓦时", Label("发电量", "generation")),
    "curtailed": ("亿千瓦时", Label("弃电量", "curtailed")),
    "import": ("亿千瓦时", Label("购入电量", "imports")),
    "export": ("亿千瓦时", Label("外送电量", "exports")),
    "unserved": ("亿千瓦时", Label("缺电量", "unserved")),
    "available": ("亿千瓦时", Label("新能源可发电量", "wind and sun available")),
    "curtailed_share": ("1", Label("弃电率", "curtailed share")),
    "co2": ("Mt CO2", Label("二氧化碳排放（燃料与购入电量）", "CO2 of fuels and imports")),
    "coal": ("万吨标准煤", Label("耗煤量", "coal used")),
    "heat": ("万GJ", Label("供热量", "heat supplied")),
    "storage_power": ("万千瓦", Label("储能功率", "storage power")),
    "storage_hours": ("h", Label("储能等效满功率放电小时", "full hours of storage discharge")),
    "storage_cost": ("亿元", Label("储能年化投资", "annualised cost of storage")),
    "cost": ("亿元", Label("年运行费用（含储能年化投资，扣外送收入）", "yearly cost including storage, less export earnings")),
}
"""Units and names of the yearly figures."""
PARTS = ("curtailed", "available")
"""Figures that the curtailed share is made from."""
SHARE = " / ".join(PARTS)
"""How the curtailed share is made."""


def totals_of(found: Dispatch, storage: float) -> dict[str, float]:
    """Yearly figures of an operated city.

    Parameters
    ----------
    found : Dispatch
        Its operation.
    storage : float
        Power of its storage. [MW]

    Returns
    -------
    dict of str to float
        By name, in the units of ``UNITS``; ``generation.*`` by technology.
    """
    scale = float(conversion("MWh", "亿千瓦时"))
    sums = {name: found.total(name) * scale for name in found.series if not name.startswith(("price.", "level."))}
    by = {
        head: sum(v for k, v in sums.items() if k.startswith(head + "."))
        for head in ("demand", "generation", "curtailed", "import", "export", "unserved")
    }
    available = sum(v for name, v in sums.items() if f"curtailed.{name.removeprefix('available.')}" in sums)
    cost = annual_cost(read_technologies()[BATTERY], rate=interest()) * storage / 1e8
    discharged = sum(v for k, v in sums.items() if k.startswith("discharge.")) / scale
    return {
        **by,
        **{name: value for name, value in sums.items() if name.startswith("generation.")},
        **_beside(found),
        "available": available,
        "curtailed_share": by["curtailed"] / available if available else 0.0,
        "storage_power": storage * float(conversion(MW, "万千瓦")),
        "storage_hours": discharged / storage if storage else 0.0,
        "storage_cost": cost,
        "cost": found.cost / 1e8 + cost,
    }


def _beside(found: Dispatch) -> dict[str, float]:
    """CO2, coal and heat of the system, where it has them."""
    said = {
        "co2": -_sum(found, "co2", "outlet") / 1e6,
        "coal": _sum(found, "coal", "supply") * float(conversion("MWh", "万吨标准煤")),
        "heat": -_sum(found, "heat", "demand", "load") * float(conversion("MWh", "万GJ")),
    }
    return {name: value for name, value in said.items() if value > 0}


def _sum(found: Dispatch, carrier: str, role: str, component: str = "") -> float:
    """What the components of a role put into a carrier over the year."""
    names = (one.name for one in found.city.of(role) if component in ("", one.component))
    return sum(found.total(f"{carrier}.{name}") for name in names if f"{carrier}.{name}" in found.series)


def name_totals(totals: Mapping[str, float]) -> dict[str, tuple[float, str, Label]]:
    """Yearly figures with their units and names.

    Parameters
    ----------
    totals : mapping of str to float
        As ``totals_of`` gives them.

    Returns
    -------
    dict of str to (value, unit, label)
        By name.
    """
    named = {name: (totals[name], *UNITS[name]) for name in UNITS if name in totals}
    labels = {one.id: one.label for one in read_technologies().values()}
    for name, value in totals.items():
        if name.startswith("generation."):
            told = labels.get(name[11:], Label(name[11:], name[11:]))
            named[name] = (value, "亿千瓦时", Label(f"发电量：{told.zh}", f"generation: {told.en}"))
    return named
