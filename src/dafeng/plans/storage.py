"""A plan as a document for machines and as the file of a city folder.

Invariant: ``load_plan(write_plan(plan))`` is the plan; the file holds facts with positions, never sentences.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

import yaml

from dafeng.core.errors import DefinitionError
from dafeng.core.findings import Finding, Severity
from dafeng.core.labels import Label
from dafeng.core.traces import Anchor
from dafeng.library.strict import load_yaml
from dafeng.plans.organisations import Role
from dafeng.plans.plan import (
    Counting,
    Goal,
    GoalKind,
    Nature,
    Organisation,
    OtherFigure,
    Plan,
    PlanDocument,
    ProvisionalIndicator,
    ProvisionalKind,
    Responsible,
    Strength,
    Target,
    Task,
)
from dafeng.plans.statements import Comparator, Direction, Kind

EDITION = 2
Record = TypeVar("Record")
PLAIN = re.compile(r"[A-Za-z_\u4e00-\u9fff（《“][\w\u3001（）《》“”、，·：.-]*")
EXACT = ("value", "upper", "certainty", "base_value")
RESERVED = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
LISTS = ("targets", "tasks", "organisations", "goals", "others", "provisional", "findings")
LATER = frozenset({"provisional"})
"""Lists that a file of this edition may lack because it was written before they came."""
WORDS: Mapping[str, Any] = {
    "comparator": get_args(Comparator),
    "strength": (*get_args(Strength), None),
    "direction": (*get_args(Direction), None),
    "counting": (*get_args(Counting), None),
    "Goal.kind": get_args(GoalKind),
    "OtherFigure.kind": get_args(Kind),
    "ProvisionalIndicator.kind": (*get_args(ProvisionalKind), None),
    "role": get_args(Role),
    "severity": get_args(Severity),
    "nature": (*get_args(Nature), None),
}


def plan_document(plan: Plan) -> dict[str, Any]:
    """The plan as ``dafeng read-plan --json`` prints it.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    dict
        Numbers as JSON numbers where they are exact in decimal text, in keys ``document``, ``place``, ``targets``, ``tasks``,
        ``organisations``, ``goals``, ``others``, ``provisional``, ``findings``.
    """
    return cast("dict[str, Any]", _plain(_tree(plan)))


def write_plan(plan: Plan) -> str:
    """The plan as the text of ``plan.yaml``.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    str
        Strict YAML: facts and positions, no sentence of the document.
    """
    head = (
        "# Facts of a plan document, written by dafeng from its reader; positions count the characters of the decoded file.\n"
        "# The document's sentences are not in here: with the document at hand, the positions show them.\n"
    )
    return head + yaml.dump(
        {"edition": EDITION, **_shortened(_tree(plan))},
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=120,
        default_flow_style=None,
    )


def load_plan(source: Path | str) -> Plan:
    """Read ``plan.yaml``.

    Parameters
    ----------
    source : Path or str
        File or text.

    Returns
    -------
    Plan
        The plan that was written.

    Raises
    ------
    DefinitionError
        If the file is malformed, of another edition, lacks a field or holds an unknown one.
    """
    name = source.name if isinstance(source, Path) else "plan.yaml"
    tree = _checked(load_yaml(source), name)
    document = _build(PlanDocument, tree["document"], f"{name}.document")
    rows = {key: [(row, f"{name}.{key}[{at}]") for at, row in enumerate(_listed(tree, key, name))] for key in LISTS}
    try:
        return _plan(tree, document, rows)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as cause:
        said = f"{type(cause).__name__}: {cause}"
        raise _refusal(
            name, f"有一处的值类型不对（{said}）", f"a value is of the wrong type ({said})", "docs/verbs/read_plan.md"
        ) from cause


def _listed(tree: Mapping[str, Any], key: str, name: str) -> list[Any]:
    found = tree.get(key, [])
    if not isinstance(found, list):
        raise _refusal(f"{name}.{key}", f"值为 {found!r}", f"the value is {found!r}", "[…]")
    return found


def _plan(tree: Mapping[str, Any], document: PlanDocument, rows: Mapping[str, list[tuple[Any, str]]]) -> Plan:
    return Plan(
        document=document,
        place=None if tree["place"] is None else str(tree["place"]),
        targets=tuple(_target(row, at, document) for row, at in rows["targets"]),
        tasks=tuple(_task(row, at, document) for row, at in rows["tasks"]),
        organisations=tuple(_organisation(row, at) for row, at in rows["organisations"]),
        goals=tuple(_anchored(Goal, row, at, document) for row, at in rows["goals"]),
        findings=tuple(_finding(row, at) for row, at in rows["findings"]),
        others=tuple(_other(row, at, document) for row, at in rows["others"]),
        provisional=tuple(_provisional(row, at) for row, at in rows["provisional"]),
    )


class _Dumper(yaml.SafeDumper):
    """Writes exact decimals, and quotes only what needs quotes."""

    def represent_data(self, data: Any) -> yaml.Node:
        if isinstance(data, Decimal):
            return _represent_decimal(self, data)
        return _represent_text(self, data) if isinstance(data, str) else super().represent_data(data)


def _represent_decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.Node:
    text = format(value, "f")
    tag = "tag:yaml.org,2002:float" if "." in text else "tag:yaml.org,2002:int"
    return dumper.represent_scalar(tag, text)


def _represent_text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    plain = PLAIN.fullmatch(value) is not None and value.lower() not in RESERVED
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if plain else '"')


def _tree(plan: Plan) -> dict[str, Any]:
    return {
        "document": {"name": plan.document.name, "sha256": plan.document.sha256, "title": plan.document.title},
        "place": plan.place,
        "targets": [_row(target) for target in plan.targets],
        "tasks": [
            {**_row(task), "organisations": [*task.organisations], "leads": [*task.leads], "supports": [*task.supports]}
            for task in plan.tasks
        ],
        "organisations": [_row(organisation) for organisation in plan.organisations],
        "goals": [_row(goal) for goal in plan.goals],
        "others": [_row(other) for other in plan.others],
        "provisional": [_row(one) for one in plan.provisional],
        "findings": [_row(finding) for finding in plan.findings],
    }


def _row(record: Any) -> dict[str, Any]:
    return {field.name: _value(getattr(record, field.name)) for field in fields(record)}


def _value(value: Any) -> Any:
    if isinstance(value, Label):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, Anchor | Responsible):
        return _row(value)
    if isinstance(value, tuple):
        return [_value(one) for one in value]
    return value


def _shortened(value: Any) -> Any:
    """Anchors without the document, which stands once at the top of the file."""
    if isinstance(value, dict):
        anchor = set(value) == {"start", "end", "paragraph", "sha256", "document"}
        return {key: _shortened(one) for key, one in value.items() if not (anchor and key in ("sha256", "document"))}
    return [_shortened(one) for one in value] if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    """Decimals as JSON numbers: whole ones as int, others as the float that prints the same digits."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _checked(tree: Any, name: str) -> Mapping[str, Any]:
    wanted = {"edition", "document", "place", *LISTS}
    if not isinstance(tree, dict) or not wanted - LATER <= set(tree) <= wanted:
        found = ", ".join(sorted(map(str, tree))) if isinstance(tree, dict) else type(tree).__name__
        raise _refusal(name, f"顶层键为 {found}", f"the top holds {found}", ", ".join(sorted(wanted)))
    if tree["edition"] != EDITION:
        raise _refusal(name, f"版本为 {tree['edition']}", f"the edition is {tree['edition']}", str(EDITION))
    return tree


def _target(row: Mapping[str, Any], at: str, document: PlanDocument) -> Target:
    exact = {key: None if row[key] is None else Decimal(row[key]) for key in EXACT if key in row}
    lists = {
        "label": _label(row.get("label")),
        "organisations": tuple(row.get("organisations") or ()),
        "figure": tuple(row.get("figure") or ()),
        "also": tuple(_anchor(one, f"{at}.also", document) for one in row.get("also") or ()),
    }
    return _anchored(Target, {**row, **exact, **lists}, at, document)


def _other(row: Mapping[str, Any], at: str, document: PlanDocument) -> OtherFigure:
    exact = {key: None if row[key] is None else Decimal(row[key]) for key in EXACT if key in row}
    return _anchored(OtherFigure, {**row, **exact, "figure": tuple(row.get("figure") or ())}, at, document)


def _task(row: Mapping[str, Any], at: str, document: PlanDocument) -> Task:
    derived = {"organisations", "leads", "supports"}
    responsible = tuple(_build(Responsible, one, f"{at}.responsible") for one in row.get("responsible") or ())
    plain = {"due": None, **{key: value for key, value in row.items() if key not in derived}}
    lists = {key: tuple(row.get(key) or ()) for key in ("collectives", "targets") if key in row}
    return _anchored(Task, {**plain, **lists, "responsible": responsible}, at, document)


def _organisation(row: Mapping[str, Any], at: str) -> Organisation:
    return _build(Organisation, {**row, "aliases": tuple(row.get("aliases") or ())}, at)


def _provisional(row: Mapping[str, Any], at: str) -> ProvisionalIndicator:
    lists = {key: tuple(row.get(key) or ()) for key in ("targets", "nearest") if key in row}
    return _build(ProvisionalIndicator, {**row, **lists, "label": _label(row.get("label"))}, at)


def _finding(row: Mapping[str, Any], at: str) -> Finding:
    return _build(Finding, {**row, "says": _label(row["says"]), "remedy": _label(row["remedy"])}, at)


def _label(value: Any) -> Label | None:
    return None if value is None else Label(value["zh"], value["en"])


def _anchored(kind: type[Record], row: Mapping[str, Any], at: str, document: PlanDocument) -> Record:
    return _build(kind, {**row, "anchor": _anchor(row.get("anchor"), f"{at}.anchor", document)}, at)


def _anchor(row: Any, at: str, document: PlanDocument) -> Anchor:
    whole = {"sha256": document.sha256, "document": document.title or document.name}
    return _build(Anchor, {**row, **whole} if isinstance(row, dict) else row, at)


def _build(kind: type[Record], row: Any, at: str) -> Record:
    names = [field.name for field in fields(cast(Any, kind))]
    if not isinstance(row, dict) or set(row) != set(names):
        found = ", ".join(sorted(map(str, row))) if isinstance(row, dict) else type(row).__name__
        raise _refusal(at, f"字段为 {found}", f"the fields are {found}", ", ".join(names))
    for key in names:
        allowed = WORDS.get(f"{kind.__name__}.{key}") or WORDS.get(key)
        if allowed is not None and row[key] not in allowed:
            said = "、".join(str(word) for word in allowed)
            raise _refusal(f"{at}.{key}", f"值为 {row[key]!r}", f"the value is {row[key]!r}", said)
    return kind(**row)


def _refusal(at: str, zh: str, en: str, expected: str) -> DefinitionError:
    remedy = Label("用 dafeng read-plan 重新生成，或改正该处", "write it anew with dafeng read-plan, or mend the place")
    return DefinitionError(Label(zh, en), where=at, expected=Label(expected, expected), remedy=remedy)
