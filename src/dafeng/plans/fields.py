"""The records of a plan that people look at, and what may be corrected in each: the same in every face.

Invariant: a field has one name and one label for the page, the spreadsheet and the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.plans.plan import Counting, Goal, GoalKind, Nature, Organisation, OtherFigure, Strength, Target, Task
from dafeng.plans.statements import Comparator, Direction

Record = Target | OtherFigure | Goal | Task | Organisation
"""Whatever a person looks at in a review."""
RecordKind = Literal["target", "task", "organisation", "goal", "other"]
Form = Literal["text", "name", "year", "period", "number", "word", "flag", "names", "indicator", "task"]
"""How a field is typed; ``name`` is a text that may not be empty."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that may be corrected.

    Parameters
    ----------
    name : str
        Name in the record and in every face.
    label : Label
        Name in words.
    form : Form
        How it is typed.
    words : tuple of str
        What may be chosen, for the form ``word``.
    """

    name: str
    label: Label
    form: Form
    words: tuple[str, ...] = ()


FIELDS: Mapping[RecordKind, tuple[Field, ...]] = MappingProxyType(
    {
        "target": (
            Field("indicator", Label("指标", "Indicator"), "name"),
            Field("indicator_id", Label("目录指标", "Indicator of the catalogue"), "indicator"),
            Field("comparator", Label("比较", "Comparator"), "word", get_args(Comparator)),
            Field("value", Label("数值", "Value"), "number"),
            Field("upper", Label("上限", "Upper end"), "number"),
            Field("unit", Label("单位", "Unit"), "text"),
            Field("year", Label("年份", "Year"), "year"),
            Field("period", Label("时期", "Period"), "period"),
            Field("strength", Label("力度", "Strength"), "word", get_args(Strength)),
            Field("nature", Label("属性", "Nature"), "word", get_args(Nature)),
            Field("base_year", Label("基年", "Base year"), "year"),
            Field("base", Label("基期（文字）", "Base in words"), "text"),
            Field("base_value", Label("基期值", "Base value"), "number"),
            Field("direction", Label("变化方向", "Direction"), "word", get_args(Direction)),
            Field("counting", Label("计数口径", "Counting"), "word", get_args(Counting)),
            Field("scope", Label("范围", "Scope"), "text"),
            Field("implied", Label("含义为全部", "Implied (all)"), "flag"),
            Field("organisations", Label("责任单位", "Organisations"), "names"),
            Field("task", Label("所属任务", "Task"), "task"),
        ),
        "task": (
            Field("title", Label("任务", "Task"), "name"),
            Field("leads", Label("牵头单位", "Leading"), "names"),
            Field("supports", Label("配合单位", "Supporting"), "names"),
            Field("responsible", Label("责任单位（未分主次）", "Responsible (no roles)"), "names"),
            Field("open_list", Label("有“等”", "“and others”"), "flag"),
        ),
        "organisation": (
            Field("name", Label("名称", "Name"), "name"),
            Field("collective", Label("集体称谓", "Collective"), "flag"),
        ),
        "goal": (
            Field("text", Label("内容", "About"), "name"),
            Field("kind", Label("类别", "Kind"), "word", get_args(GoalKind)),
            Field("year", Label("年份", "Year"), "year"),
            Field("task", Label("所属任务", "Task"), "task"),
        ),
        "other": (),
    }
)
"""Fields by kind of record, in the order of forms and sheets."""


@dataclass(frozen=True, slots=True)
class Known:
    """What corrections may refer to.

    Parameters
    ----------
    indicators : mapping of str to Label
        Indicators of the catalogue.
    tasks : mapping of str to str
        Task id → title.
    """

    indicators: Mapping[str, Label]
    tasks: Mapping[str, str]


def kind_of(record: Record) -> RecordKind:
    """Kind of a record.

    Parameters
    ----------
    record : Record
        The record.

    Returns
    -------
    RecordKind
        Its kind.
    """
    kinds: Mapping[type, RecordKind] = {Target: "target", Task: "task", Organisation: "organisation", Goal: "goal"}
    return kinds.get(type(record), "other")


def find_field(kind: RecordKind, name: str) -> Field:
    """Field under a name.

    Parameters
    ----------
    kind : RecordKind
        Kind of record.
    name : str
        Name of the field.

    Returns
    -------
    Field
        The field.

    Raises
    ------
    LookupFailure
        If records of the kind have no such field.
    """
    found = next((field for field in FIELDS[kind] if field.name == name), None)
    if found is None:
        listed = ", ".join(field.name for field in FIELDS[kind]) or "—"
        raise LookupFailure(
            Label(f"字段“{name}”不能更正", f"the field '{name}' cannot be corrected"),
            where=f"{kind}.{name}",
            expected=Label(listed, listed),
            remedy=Label("改正字段名", "correct the name of the field"),
        )
    return found
