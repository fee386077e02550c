"""What a run keeps of its hourly models: one table of series for each case, and one small index with the rest.

Invariant: the index names run-independent facts only (columns, capacities, costs, streams, proof), every figure of a page
comes from the index or the table, and a page that shows a week reads that week alone.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from dafeng.core.labels import Label
from dafeng.energy.hourly import Column, Hourly, Naming, gather_hours, start_hours
from dafeng.energy.network.solve import Outcome
from dafeng.energy.network.table import Network
from dafeng.energy.stacks import list_stacks
from dafeng.energy.streams import MATTER, list_streams
from dafeng.energy.summaries import daily_levels, look_at, mean_price
from dafeng.store.files import write_whole
from dafeng.store.parts import write_table

INDEX = "hours.json"
"""Name of the index in a run or folder."""
SCHEMA = 1
"""Form of the index."""
DIGITS = 3
"""Decimals of kept figures: kilowatts, kilowatt hours, fen."""
ENERGY_UNIT = "MWh"
"""Unit of carriers where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Approximation:
    """How capacities were found where not every step was looked at.

    Parameters
    ----------
    steps, of : int
        Steps that were looked at, and steps of the year.
    error : float
        Cost that the shorter problem claimed against the cost in all steps, as a share of it.
    """

    steps: int
    of: int
    error: float


@dataclass(frozen=True, slots=True)
class Case:
    """An optimised network that is to be kept.

    Parameters
    ----------
    id : str
        Letters, digits, hyphens and underscores.
    label : Label
        Its name.
    outcome : Outcome
        The optimum.
    year : int or None
        Year that the steps stand for where the network has no periods.
    names : mapping of str to Label
        Names of carriers, buses and technologies; what has none stands for itself.
    technologies : mapping of (component, name) to str
        Technology of each component where the network does not say it.
    renewable : collection of str or None
        Technologies whose unused offer counts as curtailed.
    units : mapping of str to str
        Units of carriers that are not MWh.
    approximation : Approximation or None
        How capacities were found where not every step was looked at.
    """

    id: str
    label: Label
    outcome: Outcome
    year: int | None = None
    names: Mapping[str, Label] = field(default_factory=dict)
    technologies: Naming = field(default_factory=dict)
    renewable: Collection[str] | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    approximation: Approximation | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What is written.

    Parameters
    ----------
    tables : mapping of str to pyarrow.Table
        Series by name of the table.
    index : mapping
        The index.
    """

    tables: Mapping[str, pa.Table]
    index: Mapping[str, Any]

    @property
    def document(self) -> bytes:
        """The index as JSON."""
        return json.dumps(self.index, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def keep_hours(cases: Iterable[Case]) -> Kept:
    """Tables and index of optimised networks.

    Parameters
    ----------
    cases : iterable of Case
        What is to be kept.

    Returns
    -------
    Kept
        To be handed to a run's store, or to `write_hours`.
    """
    gathered = [(one, gather_hours(one.outcome, technologies=one.technologies, renewable=one.renewable)) for one in cases]
    tables = {_table_name(one): write_columns(found) for one, found in gathered}
    return Kept(tables, {"schema": SCHEMA, "cases": [describe_case(one, found) for one, found in gathered]})


def write_hours(folder: Path, kept: Kept) -> Path:
    """Write hourly results into a folder, the index last.

    Parameters
    ----------
    folder : Path
        Made where it does not exist.
    kept : Kept
        Tables and index.

    Returns
    -------
    Path
        The index.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in kept.tables.items():
        write_whole(folder / f"{name}.parquet", write_table(table))
    write_whole(folder / INDEX, kept.document)
    return folder / INDEX


def write_columns(hourly: Hourly) -> pa.Table:
    """Series as a table.

    Parameters
    ----------
    hourly : Hourly
        Series.

    Returns
    -------
    pyarrow.Table
        ``period``, ``hour`` (where the step begins in its period), ``weight`` [h] and one column for each series.
    """
    head = {
        "period": pa.array(hourly.clock.period.astype(np.int16)),
        "hour": pa.array(start_hours(hourly.clock)),
        "weight": pa.array(hourly.clock.generators),
    }
    series = {name_column(one): pa.array(_round(hourly.values[:, place])) for place, one in enumerate(hourly.columns)}
    carriers = dict.fromkeys(hourly.carriers.values())
    prices = {name_price(one, ""): pa.array(_round(mean_price(hourly, carrier=one))) for one in carriers}
    return pa.table({**head, **series, **prices})


def name_price(carrier: str, bus: str) -> str:
    """Name of the column with a price.

    Parameters
    ----------
    carrier, bus : str
        Carrier, and its bus; all its buses where empty.

    Returns
    -------
    str
        That of the bus, or ``mean/carrier``.
    """
    return name_column(Column("price", bus)) if bus else f"mean/{carrier}"


def name_column(column: Column) -> str:
    """Name of a series in its table.

    Parameters
    ----------
    column : Column
        The series.

    Returns
    -------
    str
        ``kind/bus/technology/role``.
    """
    return "/".join((column.kind, column.bus, column.technology, column.role))


def describe_case(case: Case, hourly: Hourly) -> dict[str, Any]:
    """What the index says of a case.

    Parameters
    ----------
    case : Case
        The case.
    hourly : Hourly
        Its series.

    Returns
    -------
    dict
        See ``docs/hours.md``.
    """
    clock, outcome = hourly.clock, case.outcome
    periods: list[int | None] = [*clock.periods] or [case.year]
    carriers = list(dict.fromkeys(hourly.carriers.values()))
    technologies = list(dict.fromkeys(one.technology for one in hourly.columns if one.technology))
    told = [*carriers, *hourly.carriers, *technologies]
    stated = case.approximation
    return {
        "id": case.id,
        "label": _label(case.label),
        "table": _table_name(case),
        "network": outcome.network.name,
        "program": fingerprint(outcome.network, outcome),
        "steps": clock.size,
        "periods": periods,
        "hours": [round(float(clock.generators[clock.period == p].sum())) for p in range(len(periods))],
        "names": {name: _label(case.names.get(name, Label(name, name))) for name in told},
        "carriers": [_carrier(name, case, hourly) for name in carriers],
        "columns": [
            {"name": name_column(c), "kind": c.kind, "bus": c.bus, "technology": c.technology, "role": c.role}
            for c in hourly.columns
        ],
        "sides": [
            _side(hourly, name, bus, period) for period in range(len(periods)) for name, bus in _places(hourly, carriers)
        ],
        "levels": [
            {"period": p, "bus": c.bus, "carrier": hourly.carriers[c.bus], "technology": c.technology, "daily": rounded(daily)}
            for p in range(len(periods))
            for c, daily in daily_levels(hourly, p).items()
        ],
        "stacks": [_stack(one) for one in list_stacks(outcome, technologies=case.technologies)],
        "streams": [_streams(hourly, case, p) for p in range(len(periods))],
        "proof": _proof(outcome),
        "approximation": None if stated is None else {"steps": stated.steps, "of": stated.of, "error": stated.error},
    }


def fingerprint(network: Network, outcome: Outcome) -> str:
    """SHA-256 of the programme that was solved: name, costs, matrix and bounds.

    Parameters
    ----------
    network : Network
        Network.
    outcome : Outcome
        Its optimum.

    Returns
    -------
    str
        64 hexadecimal digits; equal for equal programmes.
    """
    program = outcome.built.program
    matrix = program.matrix.tocsc()
    arrays = (
        program.cost,
        program.low,
        program.high,
        program.row_low,
        program.row_high,
        matrix.data,
        matrix.indices,
        matrix.indptr,
    )
    digest = hashlib.sha256(network.name.encode())
    for values in arrays:
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def rounded(values: Iterable[float]) -> list[float]:
    """Figures as they are kept.

    Parameters
    ----------
    values : iterable of float
        Figures.

    Returns
    -------
    list of float
        With three decimals and no minus zero.
    """
    found: list[float] = _round(values if isinstance(values, np.ndarray) else list(values)).tolist()
    return found


def _table_name(case: Case) -> str:
    return "hours." + re.sub(r"[^A-Za-z0-9_-]", "-", case.id)


def _round(values: Any) -> Any:
    # + 0.0 turns minus zero into zero
    return np.round(np.asarray(values, dtype=np.float64), DIGITS) + 0.0


def _label(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}


def _carrier(name: str, case: Case, hourly: Hourly) -> dict[str, Any]:
    buses = [bus for bus, carrier in hourly.carriers.items() if carrier == name]
    return {"id": name, "unit": case.units.get(name, ENERGY_UNIT), "buses": buses}


def _places(hourly: Hourly, carriers: list[str]) -> list[tuple[str, str]]:
    """Each carrier over all its buses and, where it has several, at each."""
    found = []
    for name in carriers:
        buses = [bus for bus, carrier in hourly.carriers.items() if carrier == name]
        found += [(name, bus) for bus in ("", *(buses if len(buses) > 1 else ()))]
    return found


def _side(hourly: Hourly, carrier: str, bus: str, period: int) -> dict[str, Any]:
    side = look_at(hourly, carrier=carrier, bus=bus, period=period)
    series = {"load": side.load, "renewable": side.renewable, "curtailed": side.curtailed, "unserved": side.unserved}
    return {
        "carrier": carrier,
        "bus": bus,
        "period": period,
        "totals": {name: round(side.total(values), DIGITS) for name, values in series.items()},
        "weekly": {name: rounded(side.weekly(values)) for name, values in {**series, "price": side.price}.items()},
        "curves": {
            "load": rounded(side.curve(side.load)),
            "residual": rounded(side.curve(side.load - side.renewable)),
            "price": rounded(side.curve(side.price)),
        },
    }


def _stack(one: Any) -> dict[str, Any]:
    figures = {name: round(getattr(one, name), DIGITS) + 0.0 for name in ("capacity", "investment", "operation")}
    return {"period": one.period, "technology": one.technology, "carrier": one.carrier, "unit": one.unit, **figures}


def _streams(hourly: Hourly, case: Case, period: int) -> dict[str, Any]:
    matter = {*MATTER, *(name for name, unit in case.units.items() if unit != ENERGY_UNIT)}
    found = list_streams(hourly, period=period, matter=matter)
    nodes = dict.fromkeys(node for one in found.links for node in (one.source, one.target))
    return {
        "period": period,
        "nodes": [list(node) for node in nodes],
        "links": [["/".join(one.source), "/".join(one.target), round(one.energy, DIGITS)] for one in found.links],
        "circulating": round(found.circulating, DIGITS),
    }


def _proof(outcome: Outcome) -> dict[str, Any]:
    proof, last = outcome.solution.certificate, outcome.solution.attempts[-1]
    return {
        "solver": last.algorithm,
        "tried": [one.algorithm for one in outcome.solution.attempts],
        "passed": proof.passed,
        "objective": outcome.objective,
        "bound": proof.bound - outcome.objective_constant,
        "gap": proof.gap,
        "relative_gap": proof.relative_gap,
        "primal_violation": proof.primal_violation,
        "dual_violation": proof.dual_violation,
    }
