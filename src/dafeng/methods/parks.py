"""Parks: members and shared facilities whose facts make an account of their own, without counting internal trade twice.

Invariant: every fact of the city belongs to exactly one of park, internal trade and rest, so that the three sum to the
city digit for digit; what one side of a trade does not report is a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from dafeng.core.errors import LookupFailure
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.units import convert
from dafeng.library.listing import Kind, load_csv
from dafeng.library.overlay import definition_files, layers, merged
from dafeng.library.records import Record
from dafeng.library.strict import read_yaml
from dafeng.methods.wholes import Row

_TRADES: Mapping[str, Kind] = {"carrier": "text", "bought": "text", "sold": "text", "note": "text?"}


@dataclass(frozen=True, slots=True)
class Transfer:
    """Energy that one organisation of a park makes and another uses.

    Parameters
    ----------
    carrier : str
        What is handed over: electricity, heat, steam, hot water.
    supplier, receiver : str
        Organisations.
    """

    carrier: str
    supplier: str
    receiver: str


@dataclass(frozen=True, slots=True)
class Park:
    """A park.

    Parameters
    ----------
    id : str
        Id.
    label : Label
        Name in words.
    members, shared : tuple of str
        Organisations: enterprises, and facilities that serve several of them.
    transfers : tuple of Transfer
        Internal trade.
    """

    id: str
    label: Label
    members: tuple[str, ...]
    shared: tuple[str, ...]
    transfers: tuple[Transfer, ...]

    def holds(self, organisation: str | None) -> bool:
        """Whether an organisation is part of the park.

        Parameters
        ----------
        organisation : str or None
            Reporting organisation of a fact.

        Returns
        -------
        bool
            True for members and shared facilities.
        """
        return organisation in (*self.members, *self.shared)


@dataclass(frozen=True, slots=True)
class Trade:
    """Indicators in which trade of a carrier is reported.

    Parameters
    ----------
    bought, sold : str
        Indicators.
    """

    bought: str
    sold: str


@dataclass(frozen=True, slots=True)
class Division:
    """Facts of a city, divided at the boundary of a park.

    Parameters
    ----------
    inside, internal, rest : pyarrow.Table
        Facts of the park, internal trade that only one side reported, and everything else.
    findings : tuple of Finding
        Trade that does not agree.
    """

    inside: pa.Table
    internal: pa.Table
    rest: pa.Table
    findings: tuple[Finding, ...]


def read_parks(*folders: Path) -> Mapping[str, Park]:
    """Parks of overlay folders.

    Parameters
    ----------
    *folders : Path
        Overlay folders; their ``parks/*.yaml`` define parks.

    Returns
    -------
    mapping of str to Park
        Park by id.

    Raises
    ------
    DefinitionError
        If a file breaks the schema, an organisation stands twice, or a transfer leaves the park or is of no known carrier.
    """
    trades = read_trades(*folders)
    return merged(_rows(definition_files(layers(*folders), "parks/*.yaml"), trades))


def read_trades(*folders: Path) -> Mapping[str, Trade]:
    """Carriers whose trade is reported by both sides.

    Parameters
    ----------
    *folders : Path
        Overlay folders.

    Returns
    -------
    mapping of str to Trade
        Indicators by carrier.

    Raises
    ------
    DefinitionError
        If a file breaks its columns or a carrier comes twice.
    """
    paths = definition_files(layers(*folders), "classes/trades.csv")
    rows = ((row["carrier"], row["at"], Trade(row["bought"], row["sold"])) for p in paths for row in load_csv(p, _TRADES))
    return merged(rows)


def choose_park(parks: Mapping[str, Park], name: str) -> Park:
    """Park of a name.

    Parameters
    ----------
    parks : mapping of str to Park
        Parks of the city.
    name : str
        Id.

    Returns
    -------
    Park
        The park.

    Raises
    ------
    LookupFailure
        If there is no such park.
    """
    if name not in parks:
        listed = ", ".join(parks)
        raise LookupFailure(
            Label(f"没有园区“{name}”", f"no park '{name}'"),
            where=name,
            expected=Label(listed or "data/parks 中的园区", f"one of {listed}" if listed else "a park in data/parks"),
            remedy=Label("在 data/parks 中定义园区", "define the park in data/parks"),
        )
    return parks[name]


def divide(facts: pa.Table, park: Park, trades: Mapping[str, Trade]) -> Division:
    """Divide the facts of a city at the boundary of a park.

    Both sides of internal trade cancel out where both report it. Where only one side does, its figure is set apart, so
    that energy made and used inside is neither counted twice nor subtracted.

    Parameters
    ----------
    facts : pyarrow.Table
        Facts as ``core.tables.FACTS``.
    park : Park
        The park.
    trades : mapping of str to Trade
        Indicators by carrier.

    Returns
    -------
    Division
        Park, internal trade and rest; each fact in one of them.
    """
    rows = facts.to_pylist()
    apart: set[str] = set()
    findings: list[Finding] = []
    for period in sorted({str(row["period"]) for row in rows}):
        listed = [row for row in rows if row["period"] == period]
        for transfer in park.transfers:
            lonely, found = _settle(listed, transfer, trades[transfer.carrier], park)
            apart |= {str(row["fact"]) for row in lonely}
            findings += found
    present = {row["organisation"] for row in rows}
    own = (*park.members, *park.shared)
    findings += [] if present & set(own) else [_absent(name, park) for name in own]
    internal = [row["fact"] in apart for row in rows]
    inside = [park.holds(row["organisation"]) and not lonely for row, lonely in zip(rows, internal, strict=True)]
    rest = [not one and not other for one, other in zip(inside, internal, strict=True)]
    return Division(_kept(facts, inside), _kept(facts, internal), _kept(facts, rest), tuple(findings))


def _absent(name: str, park: Park) -> Finding:
    return Finding(
        "park.absent",
        f"{park.id}/{name}",
        "warning",
        Label(
            f"{park.label.zh}的“{name}”没有任何数据，园区合计不含它",
            f"'{name}' of {park.label.en} has no facts and is in no sum",
        ),
        Label("核对单位名称，或补交其数据", "check the name of the organisation, or deliver its data"),
    )


def _kept(facts: pa.Table, mask: list[bool]) -> pa.Table:
    return facts.filter(pa.array(mask, pa.bool_()))


def _settle(rows: Iterable[Row], transfer: Transfer, trade: Trade, park: Park) -> tuple[list[Row], list[Finding]]:
    """Figures that only one side of a trade reports, and what does not agree between both."""
    listed = list(rows)
    sources = {other.supplier for other in park.transfers if (other.carrier, other.receiver) == _end(transfer)}
    told = _told(listed, trade.bought, transfer.carrier, transfer.receiver)
    bought = [row for row in told if row["flow"] == transfer.supplier or (row["flow"] is None and len(sources) == 1)]
    told = _told(listed, trade.sold, transfer.carrier, transfer.supplier)
    sold = [row for row in told if row["flow"] == transfer.receiver]
    open_sales = [row for row in told if row["flow"] is None]
    if bought and (sold or open_sales):
        return [], [] if open_sales else list(_differences(bought, sold, transfer, park))
    return [*bought, *sold], [_one_sided(row, transfer, park) for row in (*bought, *sold)]


def _end(transfer: Transfer) -> tuple[str, str]:
    return (transfer.carrier, transfer.receiver)


def _told(rows: Iterable[Row], indicator: str, carrier: str, teller: str) -> list[Row]:
    known = [row for row in rows if (row["indicator"], row["organisation"]) == (indicator, teller)]
    return [row for row in known if row["carrier"] in (None, carrier)]


def _differences(bought: list[Row], sold: list[Row], transfer: Transfer, park: Park) -> Iterator[Finding]:
    unit = str(sold[0]["unit"])
    sides = [sum((convert(row["value"], row["unit"], unit) for row in side), Decimal(0)) for side in (bought, sold)]
    if sides[0] != sides[1]:
        told = f"{sides[1].normalize():f} / {sides[0].normalize():f} {unit}"
        yield Finding(
            "park.transfer",
            f"{park.id}/{transfer.supplier}/{transfer.receiver}/{transfer.carrier}",
            "warning",
            Label(
                f"{transfer.supplier}售给{transfer.receiver}的量与其购入量不符：{told}",
                f"what {transfer.supplier} sold to {transfer.receiver} and what it bought differ: {told}",
            ),
            Label("核对双方计量", "check the meters of both sides"),
        )


def _one_sided(row: Row, transfer: Transfer, park: Park) -> Finding:
    silent = transfer.supplier if row["organisation"] == transfer.receiver else transfer.receiver
    return Finding(
        "park.one_sided",
        f"facts/{row['fact']}",
        "info",
        Label(
            f"园区“{park.label.zh}”的内部交易只有一方填报（{silent}未填报），该数不计入园区",
            f"internal trade of the park '{park.label.en}' that {silent} did not report: the figure is not counted in the park",
        ),
        Label(f"由{silent}补报", f"let {silent} report it"),
    )


def _rows(paths: Iterator[Path], trades: Mapping[str, Trade]) -> Iterator[tuple[str, str, Park]]:
    for path in paths:
        root = Record(read_yaml(path), ()).allow({"id", "label", "members", "shared", "transfers"})
        members, shared = root.texts("members"), root.texts("shared")
        names = (*members, *shared)
        if len(names) != len(set(names)):
            raise root.error("单位重复", "lists an organisation twice", key="members")
        transfers = tuple(_transfer(record, names, trades) for record in root.children("transfers"))
        yield root.text("id"), root.marked.at("id"), Park(root.text("id"), root.label("label"), members, shared, transfers)


def _transfer(record: Record, names: tuple[str, ...], trades: Mapping[str, Trade]) -> Transfer:
    record.allow({"carrier", "from", "to"})
    carrier = record.text("carrier", among=tuple(trades))
    return Transfer(carrier, record.text("from", among=names), record.text("to", among=names))
