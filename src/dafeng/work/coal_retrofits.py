"""Retrofits of the city's coal plants, chosen by the optimiser where the city gives what they cost.

Invariant: a retrofit without a sourced cost is never chosen; where none has one, nothing is solved and a finding says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dafeng.core.errors import LookupFailure
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.energy.retrofit import left_out, read_retrofits
from dafeng.energy.retrofit_choice import Chosen, choose_retrofit, retrofit_cost
from dafeng.work.city import City
from dafeng.work.power import Power
from dafeng.work.tracing import TraceBook, number_text


@dataclass(frozen=True, slots=True, eq=False)
class RetrofitChoice:
    """What the optimiser chose for one plant.

    Parameters
    ----------
    plant : str
        The plant.
    chosen : Chosen
        Capacity by choice, and what it saves.
    addresses : mapping of str to str
        Address of the capacity of each choice.
    """

    plant: str
    chosen: Chosen
    addresses: Mapping[str, str]


def choose_retrofits(
    city: City, power: Power | None, traces: TraceBook
) -> tuple[tuple[RetrofitChoice, ...], tuple[Finding, ...]]:
    """Retrofits of the coal plants that the city's ``data/power.yaml`` names, in the first case of the power balance.

    Parameters
    ----------
    city : City
        The city.
    power : Power or None
        Its power balance.
    traces : TraceBook
        Gets costs and choices.

    Returns
    -------
    tuple of RetrofitChoice
        One for each plant with at least one retrofit whose cost is known.
    tuple of Finding
        Retrofits that could not be chosen, and why.

    Raises
    ------
    LookupFailure
        If a plant does not exist or is no whole number of units.
    """
    found, findings = list[RetrofitChoice](), list[Finding]()
    if power is None or not power.cases:
        return (), ()
    for asked in city.definition("power").get("retrofits", ()):
        costs = {name: {part: float(row["value"]) for part, row in of.items()} for name, of in asked.get("costs", {}).items()}
        unpaid = [failure for name in read_retrofits() if (failure := _unpaid(name, costs))]
        if len(unpaid) == len(read_retrofits()):
            findings += unpaid
            continue
        chosen = _choose(asked, costs, power)
        inputs = _trace_inputs(asked, traces)
        addresses = {
            name: _trace(asked["plant"], name, size, power.year, inputs, traces) for name, size in chosen.sizes.items()
        }
        found.append(RetrofitChoice(asked["plant"], chosen, addresses))
        findings += [one for one in chosen.findings if one.rule == "energy.retrofit"]
    return tuple(found), tuple(findings)


def _unpaid(name: str, costs: Mapping[str, Mapping[str, float]]) -> Finding | None:
    """What is said of a retrofit whose cost nobody gives."""
    try:
        retrofit_cost(name, given=costs.get(name))
    except LookupFailure as failure:
        return left_out(failure, (name,))
    return None


def _choose(asked: Mapping[str, Any], costs: Mapping[str, Mapping[str, float]], power: Power) -> Chosen:
    city = power.cases[0].found.city
    plants = list({one.plant.id: one.plant for one in city.members}.values())
    given = {name: float(row["value"]) for name, row in asked.get("figures", {}).items()}
    unit = float(asked["unit"]["value"]) if asked.get("unit") else 0.0
    return choose_retrofit(plants, asked["plant"], city.profiles, costs=costs, given=given, unit=unit)


def _trace_inputs(asked: Mapping[str, Any], traces: TraceBook) -> tuple[str, ...]:
    rows = {f"{name}.{part}": row for name, of in asked.get("costs", {}).items() for part, row in of.items()}
    rows |= asked.get("figures", {})
    return tuple(
        traces.add(
            Trace(
                f"assumptions/retrofit.{asked['plant']}.{name}",
                "assumption",
                Label(**row["label"]),
                number_text(float(row["value"])),
                str(row["unit"]),
                source=row["source"],
                grade=row["grade"],
            )
        )
        for name, row in rows.items()
    )


def _trace(plant: str, name: str, size: float, year: int, inputs: tuple[str, ...], traces: TraceBook) -> str:
    known = read_retrofits()
    label = known[name].label if name in known else Label("不改造", "no retrofit")
    return traces.add(
        Trace(
            f"retrofits/{plant}.{name}",
            "result",
            Label(f"煤电机组：{label.zh}", f"coal units: {label.en}"),
            number_text(size / 10),
            "万千瓦",
            year,
            inputs=inputs,
            grade="estimated",
        )
    )
