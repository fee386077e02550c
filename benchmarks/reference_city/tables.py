"""The reference city as it stands in its tables: technologies, supplies, years, hourly profiles, known optima.

Invariant: every number of the problem comes from a file of this folder; nothing is scaled or filled here.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).parent
HOURS = 8760

Series = NDArray[np.float64]


@dataclass(frozen=True)
class Technology:
    """One investable technology; a number that does not apply to its kind is 0."""

    name: str
    kind: str
    input: str
    output: str
    efficiency: float
    profile: str
    capex_cny_per_unit: float
    lifetime_a: float
    fixed_om_share_of_capex_per_a: float
    cost_decline_per_5a: float
    capacity_min: float
    capacity_max: float
    variable_cost_cny_per_mwh: float
    ramp_share_per_h: float
    heat_cost_cny_per_mwh: float
    cv: float
    cm: float
    heat_share_max: float
    hours: float
    efficiency_charge: float
    efficiency_discharge: float
    loss_per_h: float

    def annual_cost(self, interest: float, steps: float) -> float:
        """Cost of one unit of capacity in one year, built ``steps`` five-year steps after 2025. [CNY/unit/a]"""
        annuity = interest / (1 - (1 + interest) ** -self.lifetime_a)
        return (
            self.capex_cny_per_unit * (1 - self.cost_decline_per_5a) ** steps * (annuity + self.fixed_om_share_of_capex_per_a)
        )

    def outputs(self) -> dict[str, float]:
        """Carriers a converter gives, each with its efficiency (0 where a profile states it)."""
        parts = [part.split() for part in self.output.split(" + ")]
        return {part[0]: float(part[1]) if len(part) > 1 else self.efficiency for part in parts}


@dataclass(frozen=True)
class Supply:
    """Something bought, lost, sold or thrown away; an hourly price or a yearly CO2 factor is empty here (nan)."""

    name: str
    direction: str
    carrier: str
    max_mw: float
    price_cny_per_mwh: float
    co2_t_per_mwh: float
    primary_factor: float
    non_fossil_share: float


@dataclass(frozen=True)
class Year:
    """One modelled year."""

    year: int
    steps_f: float
    demand_growth_g: float
    import_co2_t_per_mwh: float
    co2_cap_t: float
    non_fossil_share_min: float
    pathway_weight: float


def rows(name: str) -> list[dict[str, str]]:
    """Read one table as rows of text."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str, empty: float) -> float:
    """Read a number; a cell that is empty or holds a rule in words gives ``empty``."""
    try:
        return float(text)
    except ValueError:
        return empty


def _typed(kind: type[Any], row: dict[str, str], empty: float) -> Any:
    """Make one record from a row: text stays text, the rest are numbers."""
    readers = {"str": str, "int": int, "float": lambda text: number(text, empty)}
    return kind(**{field.name: readers[str(field.type)](row[field.name]) for field in fields(kind)})


@cache
def technologies() -> tuple[Technology, ...]:
    """Read the investable technologies."""
    return tuple(_typed(Technology, row, 0.0) for row in rows("technologies"))


@cache
def supplies() -> tuple[Supply, ...]:
    """Read what is bought, lost, sold or thrown away."""
    return tuple(_typed(Supply, row, float("nan")) for row in rows("supplies"))


@cache
def years() -> tuple[Year, ...]:
    """Read the modelled years."""
    return tuple(_typed(Year, row, float("nan")) for row in rows("years"))


@cache
def profiles() -> dict[str, Series]:
    """Read the 8 760 values of each hourly series."""
    with gzip.open(HERE / "profiles.csv.gz", "rt", encoding="utf-8") as file:
        header = file.readline().strip().split(",")
        values = np.loadtxt(file, delimiter=",")
    return {name: np.ascontiguousarray(column) for name, column in zip(header, values.T, strict=True) if name != "hour"}


def optimum(variant: str, step: int, *, ramps: bool = True) -> float | None:
    """Return the known optimum of a variant at full year, None where the table has none. [CNY]"""
    known = [row for row in rows("objectives") if (row["variant"], int(row["step_h"])) == (variant, step)]
    fitting = [row for row in known if ramps or row["ramps"] == "no"]
    return float(fitting[0]["objective_cny"]) if fitting else None
