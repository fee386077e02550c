"""Traces of the cells of an energy balance in coal equivalents, and of the coefficients behind them.

Invariant: every cell that has a value has a trace, down to its fact and its coefficient.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.library.factor import Match
from dafeng.methods.energy_balance import TCE, Balance, Cell
from dafeng.methods.explanation import EVIDENCE, plain


def coefficient_address(match: Match, year: int) -> str:
    """Address of a coal equivalent.

    Parameters
    ----------
    match : Match
        The coefficient.
    year : int
        Year of the balance.

    Returns
    -------
    str
        Under ``balances/``.
    """
    return f"balances/coefficient.{match.factor.id}.{year}"


def cell_traces(balance: Balance, labels: Mapping[str, Label]) -> Iterator[Trace]:
    """Traces of all cells in coal equivalents and of the coefficients behind them.

    Parameters
    ----------
    balance : Balance
        The balance.
    labels : mapping of str to Label
        Name of each cell by its id.

    Yields
    ------
    Trace
        Under ``balances/cell.…``; the equivalent value of electricity apart, under ``balances/cell.….equivalent.…``.
    """
    matches = {cell.carrier: cell.match for cell in balance.cells.values() if cell.match is not None}
    yield from (_coefficient_trace(match, balance.year) for match in matches.values())
    for cell in balance.cells.values():
        if cell.match is None or cell.calorific is None or cell.composed is None:
            continue
        yield _cell_trace(cell, balance, labels[cell.id])
        if cell.equivalent is not None and cell.equivalent != cell.calorific and balance.rate is not None:
            yield _rated_trace(cell, cell.equivalent, balance, labels[cell.id])


def _coefficient_trace(match: Match, year: int) -> Trace:
    factor = match.factor
    steps = Label("；".join(step.zh for step in match.steps), "; ".join(step.en for step in match.steps))
    return Trace(
        address=coefficient_address(match, year),
        kind="factor",
        says=Label(
            f"{factor.label.zh}（{factor.source} {factor.clause}）", f"{factor.label.en} ({factor.source} {factor.clause})"
        ),
        value=plain(match.value),
        unit=factor.unit,
        year=factor.year,
        source=factor.source,
        grade=factor.grade,
        match=match.grade,
        note=Label(f"{steps.zh}。{factor.note}", f"{steps.en}. {factor.note}") if factor.note else steps,
    )


def _cell_trace(cell: Cell, balance: Balance, label: Label) -> Trace:
    match = cell.match
    inputs = (f"facts/{cell.fact['fact']}", *((coefficient_address(match, balance.year),) if match else ()))
    fact = cell.fact
    value, composed = cell.calorific or Decimal(0), cell.composed or Decimal(0)
    return Trace(
        address=f"balances/cell.{cell.id}.{balance.year}",
        kind="result",
        says=Label(f"{label.zh}（标准量，当量值）", f"{label.en} in coal equivalents, by heat content"),
        value=plain(value),
        unit=TCE,
        year=balance.year,
        expression="amount * coal_equivalent",
        inputs=inputs,
        source=match.factor.source if match else None,
        grade=_worst([str(fact["grade"]), match.factor.grade if match else "derived"]),
        match=match.grade if match else None,
        note=Label(f"折标系数 {plain(composed)} tce/{fact['unit']}", f"coefficient {plain(composed)} tce/{fact['unit']}"),
    )


def _rated_trace(cell: Cell, value: Decimal, balance: Balance, label: Label) -> Trace:
    rate = balance.rate
    return Trace(
        address=f"balances/cell.{cell.id}.equivalent.{balance.year}",
        kind="result",
        says=Label(f"{label.zh}（标准量，等价值）", f"{label.en} in coal equivalents, coal-equivalent method"),
        value=plain(value),
        unit=TCE,
        year=balance.year,
        expression="amount * coal_rate",
        inputs=(f"facts/{cell.fact['fact']}", rate.address) if rate else (f"facts/{cell.fact['fact']}",),
        source="yearbook2008",
        grade=_worst([str(cell.fact["grade"]), rate.grade if rate else "derived"]),
        note=Label("按当年火电发电标准煤耗计算", "at the coal use of thermal generation in the year"),
    )


def _worst(grades: list[str]) -> str:
    return max(grades, key=EVIDENCE.index)
