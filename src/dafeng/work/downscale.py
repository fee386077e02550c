"""``downscale``: an estimate of a city's energy balance where it publishes none.

Invariant: the estimate is a result, never a fact, unless somebody asks to keep it; then every row says ``estimated``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from dafeng.core.errors import CityError, LookupFailure, UnitError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.tables import FACTS
from dafeng.core.traces import Trace
from dafeng.core.units import convert
from dafeng.library.factors import FactorLibrary
from dafeng.methods.account import account, compose
from dafeng.methods.definition import BALANCE, Method
from dafeng.methods.downscaling import (
    Downscaling,
    Driver,
    EstimatedBalance,
    EstimatedCell,
    ProvinceCell,
    estimate_balance,
    read_downscaling,
    total_energy,
)
from dafeng.methods.explanation import plain
from dafeng.readers.delivery import build_rows
from dafeng.store.files import hash_bytes
from dafeng.store.lots import Item, Lot
from dafeng.work.city import City
from dafeng.work.study import open_study

SOURCE = "dafeng-downscaling"
"""Source of estimated rows."""
NAME = "downscaled-balance"
"""What a kept estimate is called among the delivered files."""
SUMS = ("all_energy", "coal_total", "oil_total")
"""Columns of a balance that are sums of others."""
METHOD = "comprehensive_energy"
"""Method whose coefficients turn amounts into coal equivalents."""


@dataclass(frozen=True, slots=True)
class Downscaled:
    """An estimated balance with what follows from it.

    Parameters
    ----------
    city, province : str
        Administrative codes.
    balance : EstimatedBalance
        The estimate.
    energy : Decimal
        Final energy by heat content. [tce]
    co2, co2_low, co2_high : Decimal
        Carbon dioxide of the estimated fuels, and with all cells at the lower or upper end. [tCO2]
    traces : tuple of Trace
        One for each cell, and one for the sum.
    findings : tuple of Finding
        How rough it is and what it lacks.
    """

    city: str
    province: str
    balance: EstimatedBalance
    energy: Decimal
    co2: Decimal
    co2_low: Decimal
    co2_high: Decimal
    traces: tuple[Trace, ...]
    findings: tuple[Finding, ...]


def downscale(city: City, province: City, *, year: int) -> Downscaled:
    """Estimate a city's energy balance of one year.

    Parameters
    ----------
    city : City
        The city, with its drivers and whatever it has published.
    province : City
        Folder of the province, with its balance.
    year : int
        Year.

    Returns
    -------
    Downscaled
        The estimate; nothing is stored.

    Raises
    ------
    CityError
        If the city does not lie in the province, the province has no balance of the year or an earlier one, no driver is
        known for both, or the city has a balance of its own.
    """
    _refuse_other(city, province)
    definition = read_downscaling()
    study = open_study(city)
    library, methods = study.library, study.methods
    _refuse_reported(city, year)
    at, rows = _balance(province, year)
    cells = [_cell(row, library, methods[METHOD]) for row in rows]
    drivers = _drivers(city, province, definition, year)
    published = _published(city, definition, year)
    balance = estimate_balance(cells, definition, year=year, province_year=at, drivers=drivers, published=published)
    middle, low, high = (_carbon(balance, city.code, library, methods, end) for end in ("value", "low", "high"))
    if not balance.cells:
        raise _no_estimate(city, balance)
    findings = [*study.lock_notes(), *_uncounted(balance), _rough(year, at), *balance.findings]
    energy = total_energy(balance.cells, definition)
    traces = tuple(_trace(cell, balance) for cell in balance.cells)
    return Downscaled(city.code, province.code, balance, energy, middle, low, high, traces, tuple(findings))


def keep_estimate(city: City, found: Downscaled) -> Lot:
    """Deliver an estimate to the city's facts, every row graded ``estimated``.

    Parameters
    ----------
    city : City
        The city.
    found : Downscaled
        The estimate.

    Returns
    -------
    Lot
        The delivery; withdraw it as soon as a balance is published.
    """
    rows = build_rows(_fact(cell, found) for cell in found.balance.cells)
    text = "\n".join(f"{c.flow},{c.carrier},{c.value},{c.low},{c.high},{c.unit}" for c in found.balance.cells)
    item = Item(f"{NAME}-{found.balance.year}", hash_bytes(text.encode()), "balance", len(found.findings))
    return city.facts.deliver([(item, rows)], received=datetime.now(UTC))


def downscaled_document(found: Downscaled) -> dict[str, Any]:
    """An estimate as data for JSON.

    Parameters
    ----------
    found : Downscaled
        The estimate.

    Returns
    -------
    dict
        ``basis`` is always ``estimated``; numbers are decimal texts.
    """
    return {
        "basis": "estimated",
        "city": found.city,
        "province": found.province,
        "year": found.balance.year,
        "province_year": found.balance.province_year,
        "energy_tce": plain(found.energy.quantize(Decimal("0.001"))),
        "co2": {"value": plain(found.co2), "low": plain(found.co2_low), "high": plain(found.co2_high), "unit": "tCO2"},
        "cells": [
            {
                "flow": c.flow,
                "carrier": c.carrier,
                "value": plain(c.value),
                "low": plain(c.low),
                "high": plain(c.high),
                "unit": c.unit,
                "group": c.group,
                "driver": c.driver.indicator,
                "share": f"{c.driver.share:.6f}",
                "factor": f"{c.factor:.6f}",
                "published": list(c.published),
            }
            for c in found.balance.cells
        ],
        "findings": [
            {"rule": f.rule, "at": f.at, "severity": f.severity, "zh": f.says.zh, "en": f.says.en} for f in found.findings
        ],
    }


def _yearly(city: City, code: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = city.facts.read(places=(code,)).to_pylist()
    return [row for row in rows if len(str(row["period"])) == 4]


def _refuse_other(city: City, province: City) -> None:
    if province.code != f"{city.code[:2]}0000":
        raise CityError(
            Label(f"{city.code} 不属于 {province.code}", f"{city.code} does not lie in {province.code}"),
            where=str(province.folder),
            expected=Label(f"{city.code[:2]}0000 的文件夹", f"the folder of {city.code[:2]}0000"),
            remedy=Label("给出本省的文件夹", "give the folder of the city's own province"),
        )


def _no_estimate(city: City, balance: EstimatedBalance) -> CityError:
    zh, en = "；".join(f.says.zh for f in balance.findings), "; ".join(f.says.en for f in balance.findings)
    return CityError(
        Label(f"没有一组能推算：{zh}", f"no group can be estimated: {en}"),
        where=str(city.folder),
        expected=Label("市、省都有的驱动因子", "drivers known for city and province"),
        remedy=Label("补充增加值、人口等指标后重试", "deliver value added, population and the like, then try again"),
    )


def _uncounted(balance: EstimatedBalance) -> list[Finding]:
    """Carriers without a coal equivalent: they are in the balance, not in its energy."""
    names = sorted({cell.carrier for cell in balance.cells if cell.energy is None and cell.carrier not in SUMS})
    if not names:
        return []
    listed = ", ".join(names)
    return [
        Finding(
            "downscaling.energy",
            str(balance.year),
            "warning",
            Label(f"没有折标准煤系数、未计入用能合计：{listed}", f"without a coal equivalent and not in the energy: {listed}"),
            Label("补充折标准煤系数", "supply their coal equivalents"),
        )
    ]


def _refuse_reported(city: City, year: int) -> None:
    own = [r for r in _yearly(city, city.code) if r["indicator"] == BALANCE and r["period"] == str(year)]
    if any(row["grade"] != "estimated" for row in own):
        raise CityError(
            Label(f"{city.label.zh}已有 {year} 年能源平衡表", f"{city.label.en} has an energy balance of {year}"),
            where=str(city.folder),
            expected=Label("没有公布平衡表的年份", "a year without a published balance"),
            remedy=Label("直接核算（dafeng account）", "account for it directly (dafeng account)"),
        )


def _balance(province: City, year: int) -> tuple[int, list[dict[str, Any]]]:
    rows = [row for row in _yearly(province, province.code) if row["indicator"] == BALANCE]
    years = [int(row["period"]) for row in rows if int(row["period"]) <= year]
    if not years:
        raise CityError(
            Label(f"{province.label.zh}没有 {year} 年及以前的能源平衡表", f"{province.label.en} has no balance up to {year}"),
            where=str(province.folder),
            expected=Label("省级能源平衡表（实物量）", "a physical energy balance of the province"),
            remedy=Label("先用 dafeng ingest 导入省平衡表", "take it in with dafeng ingest first"),
        )
    return max(years), [row for row in rows if row["period"] == str(max(years))]


def _cell(row: Mapping[str, Any], library: FactorLibrary, method: Method) -> ProvinceCell:
    edition = method.editions[method.default]
    energy: Decimal | None = None
    if row["carrier"] in method.carriers:
        try:
            match = library.look_up(
                row["carrier"], "coal_equivalent", "calorific", edition.standard, row["place"], int(row["period"]),
                fallback=edition.fallback,
            )  # fmt: skip
            energy = row["value"] * compose(method, edition, row["unit"], {"coal_equivalent": match})
        except (LookupFailure, UnitError):
            energy = None
    return ProvinceCell(str(row["flow"]), str(row["carrier"]), row["value"], str(row["unit"]), energy)


def _drivers(city: City, province: City, definition: Downscaling, year: int) -> dict[str, Driver]:
    catalogue = city.catalogue().indicators
    own = _yearly(city, city.code)
    around = [*_yearly(province, province.code), *_yearly(city, province.code)]
    found: dict[str, Driver] = {}
    for name in dict.fromkeys(name for group in definition.groups for name in group.drivers):
        one, other = _nearest(own, name, year, definition.years), _nearest(around, name, year, definition.years)
        if one is None or other is None or not other["value"]:
            continue
        share = convert(one["value"], one["unit"], other["unit"]) / other["value"]
        label = catalogue[name].label if name in catalogue else Label(name, name)
        addresses = (f"facts/{one['fact']}", f"facts/{other['fact']}")
        found[name] = Driver(name, label, share, int(one["period"]), int(other["period"]), addresses)
    return found


def _nearest(rows: Iterable[Mapping[str, Any]], name: str, year: int, distance: int) -> Mapping[str, Any] | None:
    fitting = [row for row in rows if row["indicator"] == name and abs(int(row["period"]) - year) <= distance]
    return min(fitting, key=lambda row: (abs(int(row["period"]) - year), row["period"]), default=None)


def _published(city: City, definition: Downscaling, year: int) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    rows = [row for row in _yearly(city, city.code) if row["period"] == str(year) and row["flow"] is None]
    for group in definition.groups:
        for name, unit in ((group.total, "tce"), (group.electricity, "亿千瓦时")):
            for row in rows:
                if name and row["indicator"] == name:
                    found[name] = convert(row["value"], row["unit"], unit)
    return found


def _carbon(balance: EstimatedBalance, place: str, library: FactorLibrary, methods: Mapping[str, Method], end: str) -> Decimal:
    rows = [
        {
            **_row(cell, place, balance.year, getattr(cell, end)),
            "fact": f"estimate.{cell.flow}.{cell.carrier}",
            "lot": NAME,
            "known_at": datetime(2000, 1, 1, tzinfo=UTC),
        }
        for cell in balance.cells
    ]
    used = {"fuel_combustion": methods["fuel_combustion"]}
    found = account(FACTS.build(rows), library=library, methods=used, place=place, year=balance.year)
    return sum((cell.value for cell in found.cells), Decimal(0))


def _row(cell: EstimatedCell, place: str, year: int, value: Decimal) -> dict[str, Any]:
    return {
        "indicator": BALANCE,
        "flow": cell.flow,
        "carrier": cell.carrier,
        "place": place,
        "period": str(year),
        "value": value,
        "unit": cell.unit,
        "source": SOURCE,
        "grade": "estimated",
        "file": NAME,
        "note": f"estimate, interval {plain(cell.low)} to {plain(cell.high)}, driver {cell.driver.indicator}",
    }


def _fact(cell: EstimatedCell, found: Downscaled) -> dict[str, Any]:
    return _row(cell, found.city, found.balance.year, cell.value)


def _trace(cell: EstimatedCell, balance: EstimatedBalance) -> Trace:
    driver, low, high = cell.driver, plain(cell.low), plain(cell.high)
    zh = f"{driver.label.zh} 市/省 = {driver.share:.4f}（{driver.city_year}/{driver.province_year}）"
    en = f"{driver.label.en}, city over province = {driver.share:.4f} ({driver.city_year}/{driver.province_year})"
    return Trace(
        address=f"estimates/balance.{cell.flow}.{cell.carrier}.{balance.year}",
        kind="assumption",
        says=Label(
            f"推算：省平衡表 {balance.province_year} 年 × {zh} × 校准 {cell.factor:.4f}，区间 {low}—{high}",
            f"estimate: province {balance.province_year} x {en} x calibration {cell.factor:.4f}, {low} to {high}",
        ),
        value=plain(cell.value),
        unit=cell.unit,
        year=balance.year,
        inputs=driver.addresses,
        source=SOURCE,
        grade="estimated",
    )


def _rough(year: int, at: int) -> Finding:
    return Finding(
        "downscaling.estimate",
        str(year),
        "warning" if year != at else "info",
        Label(
            f"{year} 年的推算依据 {at} 年省平衡表的品种结构；是估计值，不是统计数据",
            f"the estimate for {year} uses the mix of the province's balance of {at}; it is no statistic",
        ),
        Label("取得更近年份的省平衡表或本市平衡表后重算", "repeat it with a later balance of the province or the city's own"),
    )
