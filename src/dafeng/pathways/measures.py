"""Measures of a city: what each does to the sector model, how large it is when done in full, what it costs and who pays.

Invariant: every figure is a row with source and grade; a figure that nobody has seen is ``None``, and what follows from it is
unknown, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from dafeng.core.errors import DefinitionError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.sources import Source
from dafeng.core.units import ratio
from dafeng.library.listing import Kind as Cell
from dafeng.library.listing import load_csv
from dafeng.library.overlay import layers, shipped
from dafeng.library.records import Record
from dafeng.library.sources import check_source, read_sources
from dafeng.library.strict import Marked, read_yaml, refusal
from dafeng.pathways.model.city import read_city_drivers, read_city_model
from dafeng.pathways.model.definition import Model, extend_model
from dafeng.pathways.model.drivers import Drivers, lay_over, read_drivers
from dafeng.pathways.model.levers import Effect, Kind, Lever
from dafeng.pathways.model.quantity import Graph
from dafeng.pathways.model.tables import GRADES, Goal, read_rows

Payer = Literal["city", "enterprise", "household"]
PAYERS: tuple[Payer, ...] = get_args(Payer)
"""Who pays and who saves: the city budget, enterprises, households."""
_ROW: Mapping[str, Cell] = {
    "measure": "text",
    "parameter": "text",
    "low": "decimal?",
    "mid": "decimal?",
    "high": "decimal?",
    "unit": "text",
    "source": "text",
    "grade": "text",
    "note_zh": "text?",
    "note_en": "text?",
}
_MEASURE = ("id", "field", "label", "first", "full", "effects", "bought")
_EFFECT = ("quantity", "kind", "members", "into", "yields", "amount")


@dataclass(frozen=True, slots=True)
class Amount:
    """One figure of a measure.

    Parameters
    ----------
    name : str
        What it is: effect, size, investment, upkeep, running, lifetime, city_share, household_share or a name of its own.
    low, mid, high : float
        Corners of a triangular distribution, equal where it is certain. [unit]
    unit : str
        Its unit.
    source, grade : str
        Where it comes from and how good it is.
    note : Label or None
        How it came about.
    at : str
        Where the row stands.
    """

    name: str
    low: float
    mid: float
    high: float
    unit: str
    source: str
    grade: str
    note: Label | None = None
    at: str = ""


@dataclass(frozen=True, slots=True)
class Bought:
    """What an investment pays for, where that is a change of the model.

    Parameters
    ----------
    quantity : str
        Quantity whose change is counted, with the measure alone.
    members : frozenset of str
        Members it is summed over; of the axes that they do not name, all.
    times : str
        Name of the figure it is multiplied by; empty for none.
    """

    quantity: str
    members: frozenset[str]
    times: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure.

    Parameters
    ----------
    lever : Lever
        What it does to the model; its id and its label are those of the measure.
    field : str
        Field it belongs to.
    amounts : mapping of str to Amount
        Its known figures by name.
    bought : Bought or None
        What the investment pays for; ``None``: its size.
    supplies : bool
        Whether those who invest earn what power and heat companies then save or sell.
    """

    lever: Lever
    field: str
    amounts: Mapping[str, Amount]
    bought: Bought | None = None
    supplies: bool = False

    @property
    def id(self) -> str:
        """Its id."""
        return self.lever.id

    @property
    def label(self) -> Label:
        """Its name."""
        return self.lever.label

    @property
    def priced(self) -> bool:
        """Whether all that its cost needs is known."""
        needed = {"investment", "lifetime"} | ({"size"} if self.bought is None else {self.bought.times} - {""})
        return needed <= set(self.amounts)

    def share(self, payer: Payer) -> float:
        """Part of the investment that one pays.

        Parameters
        ----------
        payer : {"city", "enterprise", "household"}
            Who.

        Returns
        -------
        float
            Share; enterprises pay what no other does. [0..1]
        """
        others = {name: self.amounts[f"{name}_share"].mid for name in PAYERS if f"{name}_share" in self.amounts}
        return 1.0 - sum(others.values()) if payer == "enterprise" else others.get(payer, 0.0)


@dataclass(frozen=True, slots=True)
class Measures:
    """Measures of a city.

    Parameters
    ----------
    fields : mapping of str to Label
        Names of the fields.
    measures : tuple of Measure
        Those whose effect is known, in the order of the file.
    rate : Amount
        Real rate of interest of their costs. [1]
    findings : tuple of Finding
        Those left out, and why.
    """

    fields: Mapping[str, Label]
    measures: tuple[Measure, ...]
    rate: Amount
    findings: tuple[Finding, ...] = ()

    @property
    def levers(self) -> tuple[Lever, ...]:
        """What they do to the model."""
        return tuple(measure.lever for measure in self.measures)


def cost_model(model: Model) -> Model:
    """The sector model with what energy costs.

    Parameters
    ----------
    model : Model
        The sector model.

    Returns
    -------
    Model
        With the quantities of ``data/pathways/costs.yaml``.
    """
    return extend_model(model, read_yaml(shipped() / "pathways" / "costs.yaml"))


def read_priced_drivers(
    model: Model, *folders: Path, scenario: str = "baseline", goals: Mapping[tuple[str, int], Goal] | None = None
) -> Drivers:
    """Drivers of a city under one scenario, with the prices of energy.

    Parameters
    ----------
    model : Model
        What `cost_model` gives.
    *folders : Path
        Data folders of a province and a city, the lowest first; ``prices.csv`` is read there beside the drivers.
    scenario : str
        Scenario whose rows lie on top.
    goals : mapping of (str, int) to Goal, optional
        Targets of the plan by indicator and year.

    Returns
    -------
    Drivers
        Every given quantity of the model.

    Raises
    ------
    DefinitionError
        If a table breaks its form.
    """
    sector = read_city_model()
    made = read_city_drivers(sector, *folders, scenario=scenario, goals=goals)
    known = read_sources(*folders)
    laid = lay_over(*(read_rows(path, sources=known) for path in _tables("prices.csv", *folders)))
    prices = read_drivers(model.graph, model.given, laid)
    own = set(model.given) - set(sector.given)
    values = {name: value for name, value in prices.values.items() if name in own}
    used = {name: rows for name, rows in prices.used.items() if name in own}
    lacking = tuple(finding for finding in prices.findings if finding.at.split()[0] in own)
    return Drivers({**made.values, **values}, {**made.used, **used}, (*made.findings, *lacking))


def read_measures(graph: Graph, *folders: Path) -> Measures:
    """Measures of a city on a model.

    Parameters
    ----------
    graph : Graph
        The model, for the units of what is moved.
    *folders : Path
        Data folders of a province and a city, the lowest first; ``measures.csv`` is read there.

    Returns
    -------
    Measures
        Those whose effect is known; the others are findings.

    Raises
    ------
    DefinitionError
        If a file breaks its form, or a row belongs to no measure.
    """
    known = read_sources(*folders)
    tables = [_amounts(path, known) for path in _tables("measures.csv", *folders)]
    root = Record(read_yaml(shipped() / "pathways" / "measures.yaml"), ())
    return make_measures(graph, root.marked, tables)


def make_measures(graph: Graph, marked: Marked, tables: Sequence[Mapping[tuple[str, str], Amount | None]]) -> Measures:
    """Measures of a definition and its tables.

    Parameters
    ----------
    graph : Graph
        The model.
    marked : Marked
        Definition, strictly read.
    tables : sequence of mapping of (str, str) to Amount or None
        Figures by measure and name; a later table replaces figures of an earlier one, ``None`` is unknown.

    Returns
    -------
    Measures
        As `read_measures`.

    Raises
    ------
    DefinitionError
        As `read_measures`.
    """
    root = Record(marked, ())
    root.allow(("id", "rate", "fields", "measures"))
    fields = {one.text("id"): one.allow(("id", "label", "supplies")) for one in root.children("fields")}
    laid: dict[tuple[str, str], Amount | None] = {}
    for table in tables:
        laid |= table
    records = {record.text("id"): record for record in root.children("measures")}
    for name in sorted({measure for measure, _ in laid} - set(records)):
        raise root.error(f"没有措施“{name}”，表中却有它的数", f"there is no measure '{name}', yet a table has figures of it")
    made: list[Measure] = []
    findings: list[Finding] = []
    for name, record in records.items():
        own = {figure: amount for (measure, figure), amount in laid.items() if measure == name and amount is not None}
        wanted = [effect.text_or_none("amount") or "effect" for effect in record.children("effects")]
        lacking = sorted(set(wanted) - set(own))
        if lacking:
            findings.append(_unsized(record, lacking))
        else:
            made.append(_measure(record, own, fields, graph))
    named = {name: record.label("label") for name, record in fields.items()}
    return Measures(named, tuple(made), _rate(root.child("rate")), tuple(findings))


def _tables(name: str, *folders: Path) -> list[Path]:
    own = [folder / name for folder in layers(*folders)[1:]]
    return [path for path in (shipped() / "pathways" / name, *own) if path.exists()]


def _amounts(path: Path, known: Mapping[str, Source]) -> dict[tuple[str, str], Amount | None]:
    found: dict[tuple[str, str], Amount | None] = {}
    for cells in load_csv(path, _ROW, key=("measure", "parameter")):
        check_source(cells["source"], known, cells["at"])
        if cells["grade"] not in GRADES:
            raise _wrong(cells, f"证据等级“{cells['grade']}”不能使用", f"has grade '{cells['grade']}', which may not be used")
        found[cells["measure"], cells["parameter"]] = _amount(cells)
    return found


def _amount(cells: Mapping[str, Any]) -> Amount | None:
    if cells["mid"] is None:
        return None
    mid = float(cells["mid"])
    low, high = (mid if cells[corner] is None else float(cells[corner]) for corner in ("low", "high"))
    if not low <= mid <= high:
        raise _wrong(cells, "不满足低值≤中值≤高值", "breaks low <= mid <= high")
    note = None if cells["note_zh"] is None else Label(cells["note_zh"], cells["note_en"] or cells["note_zh"])
    return Amount(cells["parameter"], low, mid, high, cells["unit"], cells["source"], cells["grade"], note, cells["at"])


def _rate(record: Record) -> Amount:
    record.allow(("low", "mid", "high", "unit", "source", "grade", "note"))
    low, mid, high = (float(record.decimal(corner) or 0) for corner in ("low", "mid", "high"))
    note = record.label("note") if record.value("note") is not None else None
    return Amount("rate", low, mid, high, record.text("unit"), record.text("source"), record.text("grade"), note)


def _measure(record: Record, own: Mapping[str, Amount], fields: Mapping[str, Record], graph: Graph) -> Measure:
    record.allow(_MEASURE)
    first, full = record.year("first"), record.year("full")
    if first is None or full is None or full <= first:
        raise record.error("须写首年与其后的满额年", "needs a first and a later full year")
    effects = tuple(_effect(one, own, graph) for one in record.children("effects"))
    lever = Lever(record.text("id"), record.label("label"), effects, first, full)
    bought = None if record.value("bought") is None else _bought(record.child("bought"))
    field = record.text("field", among=fields)
    return Measure(lever, field, own, bought, fields[field].value("supplies") is True)


def _effect(record: Record, own: Mapping[str, Amount], graph: Graph) -> Effect:
    record.allow(_EFFECT)
    quantity = record.text("quantity")
    if quantity not in graph.quantities:
        raise record.error(f"模型没有“{quantity}”", f"the model has no '{quantity}'", key="quantity")
    kind = cast(Kind, record.text("kind", among=get_args(Kind)))
    amount = own[record.text_or_none("amount") or "effect"]
    factor = float(ratio(amount.unit, graph.quantities[quantity].unit if kind == "add" else "1"))
    low, mid, high = (part * factor for part in (amount.low, amount.mid, amount.high))
    yields = record.decimal("yields")
    members = frozenset(record.texts("members"))
    into = record.text_or_none("into") or ""
    return Effect(quantity, kind, members, low, mid, high, into, 1.0 if yields is None else float(yields))


def _bought(record: Record) -> Bought:
    record.allow(("quantity", "members", "times"))
    return Bought(record.text("quantity"), frozenset(record.texts("members")), record.text_or_none("times") or "")


def _unsized(record: Record, lacking: Sequence[str]) -> Finding:
    label, names = record.label("label"), ", ".join(lacking)
    return Finding(
        rule="measures.size",
        at=record.text("id"),
        severity="info",
        says=Label(
            f"“{label.zh}”在本市的规模未知（{names}），未列入", f"the size of '{label.en}' is unknown here ({names}); left out"
        ),
        remedy=Label("在城市的 data/measures.csv 中补一行及来源", "add a row with its source to the city's data/measures.csv"),
    )


def _wrong(cells: Mapping[str, Any], zh: str, en: str) -> DefinitionError:
    return refusal(
        f"{cells['at']}:1",
        f"“{cells['measure']}.{cells['parameter']}”{zh}",
        f"'{cells['measure']}.{cells['parameter']}' {en}",
        expected=Label(f"等级为{'、'.join(GRADES)}之一的一行", f"a row with one of the grades {', '.join(GRADES)}"),
    )
