"""Traces of what an energy balance's flows add to its cells: transformations and what closes a node.

Invariant: every number of the energy flows resolves to the cells that it is made of.
"""

from __future__ import annotations

from collections.abc import Iterator

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.library.balances import flows
from dafeng.methods.energy_audit import Conversion
from dafeng.methods.energy_balance import Balance
from dafeng.methods.explanation import plain
from dafeng.methods.sankey import UNIT, Link, Sankey


def flow_traces(balance: Balance, sankey: Sankey, conversions: tuple[Conversion, ...]) -> Iterator[Trace]:
    """Traces of transformations and of the links that close nodes.

    Parameters
    ----------
    balance : Balance
        The balance.
    sankey : Sankey
        Its energy flows.
    conversions : tuple of Conversion
        Its transformations.

    Yields
    ------
    Trace
        Under ``balances/conversion.…`` and ``balances/sankey.…``.
    """
    for one in conversions:
        label = flows()[one.flow].label
        found = one.efficiency
        yield Trace(
            address=f"balances/conversion.{one.flow}.{balance.year}",
            kind="result",
            says=Label(
                f"{label.zh}：投入 {plain(one.input)} tce，产出 {plain(one.output)} tce，效率（当量值）",
                f"{label.en}: {plain(one.input)} tce in, {plain(one.output)} tce out, efficiency by heat content",
            ),
            value=None if found is None else plain(found),
            unit="1",
            year=balance.year,
            expression="output / input",
            inputs=_cells(balance, one.flow),
            grade="derived",
            note=None if one.complete else Label("不完整：有品种没有折标系数", "incomplete: some columns have no coefficient"),
        )
    yield from (_closing(balance, sankey, link) for link in sankey.links if not link.cells)


def link_address(link: Link, year: int) -> str:
    """Address of a link of the energy flows.

    Parameters
    ----------
    link : Link
        The link.
    year : int
        Year of the balance.

    Returns
    -------
    str
        Its cell, or what closes its node.
    """
    return f"balances/cell.{link.cells[0]}.{year}" if link.cells else f"balances/sankey.{link.source}-{link.target}.{year}"


def _closing(balance: Balance, sankey: Sankey, link: Link) -> Trace:
    node = link.source if link.source in sankey.nodes and "." in link.source else link.target
    return Trace(
        address=link_address(link, balance.year),
        kind="result",
        says=Label(
            f"{sankey.nodes[link.source].zh} → {sankey.nodes[link.target].zh}：流入流出之差",
            f"{sankey.nodes[link.source].en} → {sankey.nodes[link.target].en}: what comes in less what goes out",
        ),
        value=plain(link.value),
        unit=UNIT,
        year=balance.year,
        inputs=_around(balance, sankey, node),
        grade="derived",
    )


def _cells(balance: Balance, flow: str) -> tuple[str, ...]:
    found = (cell for cell in balance.cells.values() if cell.flow == flow and cell.calorific is not None)
    return tuple(f"balances/cell.{cell.id}.{balance.year}" for cell in found)


def _around(balance: Balance, sankey: Sankey, node: str) -> tuple[str, ...]:
    cells = [cell for link in sankey.links if node in (link.source, link.target) for cell in link.cells]
    return tuple(f"balances/cell.{cell}.{balance.year}" for cell in cells)
