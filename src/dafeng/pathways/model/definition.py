"""Model files: axes and quantities as text become a checked graph.

Invariant: the file is the only truth about the model; a key that the form does not know is an error with its line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any, get_args

from dafeng.core.labels import Label
from dafeng.formula import parse
from dafeng.library.records import Record
from dafeng.library.strict import Marked
from dafeng.pathways.model.axes import YEAR, Axis, Space
from dafeng.pathways.model.calls import CALLS
from dafeng.pathways.model.drivers import Given
from dafeng.pathways.model.quantity import Graph, Quantity, make_graph
from dafeng.pathways.model.series import Between

_AXIS = ("name", "label", "members", "first", "last")
_MEMBER = ("id", "label", "group")
_QUANTITY = ("id", "label", "unit", "expression", "axes", "between", "apart", "otherwise", "floor", "ceiling", "whole", "note")


@dataclass(frozen=True, slots=True)
class Model:
    """A model with what is needed to read its drivers and to name its parts.

    Parameters
    ----------
    graph : Graph
        Axes and quantities.
    given : mapping of str to Given
        How each given quantity is read.
    members : mapping of str to Label
        Names of the members of all axes.
    groups : mapping of str to str
        Group of a member (the field of a sector), where it has one.
    notes : mapping of str to Label
        Why a quantity is as it is.
    """

    graph: Graph
    given: Mapping[str, Given]
    members: Mapping[str, Label]
    groups: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, Label] = field(default_factory=dict)


def read_model(marked: Marked) -> Model:
    """Model of a file.

    Parameters
    ----------
    marked : Marked
        The file, strictly read.

    Returns
    -------
    Model
        Checked: names, units and order.

    Raises
    ------
    DefinitionError
        If a field is missing, unknown or of the wrong kind, or the model does not hold together.
    FormulaError
        If an expression cannot be read or has the wrong unit.
    """
    root = Record(marked, ())
    root.allow(("id", "label", "axes", "quantities"))
    members: dict[str, Label] = {}
    groups: dict[str, str] = {}
    space = Space(tuple(_axis(record, members, groups) for record in root.children("axes")))
    space.axis(YEAR)
    records = root.children("quantities")
    graph = make_graph(space, [_quantity(record) for record in records])
    given = {record.text("id"): _given(record) for record in records if record.value("expression") is None}
    notes = {record.text("id"): record.label("note") for record in records if record.value("note") is not None}
    return Model(graph, given, members, groups, notes)


def extend_model(model: Model, marked: Marked) -> Model:
    """A model with the quantities of a further file.

    Parameters
    ----------
    model : Model
        What the file builds upon.
    marked : Marked
        The file, strictly read; it has quantities and no axes.

    Returns
    -------
    Model
        Checked as one.

    Raises
    ------
    DefinitionError
        If a field is missing, unknown or of the wrong kind, or a quantity stands in both.
    FormulaError
        If an expression cannot be read or has the wrong unit.
    """
    root = Record(marked, ())
    root.allow(("id", "label", "quantities"))
    records = root.children("quantities")
    graph = make_graph(model.graph.space, [*model.graph.quantities.values(), *(_quantity(record) for record in records)])
    given = {record.text("id"): _given(record) for record in records if record.value("expression") is None}
    notes = {record.text("id"): record.label("note") for record in records if record.value("note") is not None}
    return replace(model, graph=graph, given={**model.given, **given}, notes={**model.notes, **notes})


def _axis(record: Record, members: dict[str, Label], groups: dict[str, str]) -> Axis:
    record.allow(_AXIS)
    name, label = record.text("name"), record.label("label")
    if name == YEAR:
        return Axis(name, _years(record), label)
    found = record.children("members")
    for member in found:
        member.allow(_MEMBER)
        identity = member.text("id")
        if identity in members:
            raise member.error(f"成员“{identity}”出现两次", f"member '{identity}' stands twice", key="id")
        members[identity] = member.label("label")
        group = member.text_or_none("group")
        if group is not None:
            groups[identity] = group
    return Axis(name, tuple(member.text("id") for member in found), label)


def _years(record: Record) -> tuple[str, ...]:
    first, last = record.year("first"), record.year("last")
    if first is None or last is None or last <= first:
        raise record.error("年份轴须写起止年", "the axis of years needs a first and a later last year")
    return tuple(str(year) for year in range(first, last + 1))


def _quantity(record: Record) -> Quantity:
    record.allow(_QUANTITY)
    identity, text = record.text("id"), record.text_or_none("expression")
    expression = None if text is None else parse(text, kernels=CALLS, where=identity)
    for key in ("axes", "between", "apart", "otherwise", "floor", "ceiling", "whole"):
        if expression is not None and record.value(key) is not None:
            raise record.error("有算式的量不写此项", "is not for a quantity with an expression", key=key)
    return Quantity(identity, record.label("label"), record.text("unit"), expression, frozenset(record.texts("axes")))


def _given(record: Record) -> Given:
    between: Any = record.text_or_none("between", among=get_args(Between)) or "linear"
    otherwise = record.decimal("otherwise")
    apart = frozenset(record.texts("apart"))
    if not apart <= frozenset(record.texts("axes")) - {YEAR}:
        raise record.error("只能写该量自己的维度，年份除外", "may only name its own axes, years excepted", key="apart")
    floor, ceiling = (record.decimal(key) for key in ("floor", "ceiling"))
    if floor is not None and ceiling is not None and floor > ceiling:
        raise record.error("上限低于下限", "lies below the floor", key="ceiling")
    return Given(
        between,
        apart,
        None if otherwise is None else float(otherwise),
        -inf if floor is None else float(floor),
        inf if ceiling is None else float(ceiling),
        record.text_or_none("whole", among=record.texts("axes")) or "",
    )
