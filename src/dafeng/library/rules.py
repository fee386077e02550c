"""Rules with a number: tolerances and limits that a regulator or city may set.

Invariant: a rule is replaced only by a row that says so (``replaces``), and it says in both languages what it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.core.sources import Source
from dafeng.core.units import unit
from dafeng.library.overlay import definition_files, layers
from dafeng.library.records import Record
from dafeng.library.sources import check_source, read_sources
from dafeng.library.strict import read_yaml

_FIELDS = frozenset(["id", "value", "unit", "says", "source", "note", "replaces"])


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Parameters
    ----------
    id : str
        Id.
    value : Decimal
        The number. [unit]
    unit : str
        Unit.
    says : Label
        What the rule does.
    source : str
        Source id.
    note : str
        Reservations.
    """

    id: str
    value: Decimal
    unit: str
    says: Label
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules.

    Parameters
    ----------
    rules : mapping of str to Rule
        Rule by id.
    """

    rules: Mapping[str, Rule]

    def value(self, name: str) -> Decimal:
        """Number of a rule.

        Parameters
        ----------
        name : str
            Id of the rule.

        Returns
        -------
        Decimal
            Its number. [unit of the rule]

        Raises
        ------
        LookupFailure
            If there is no such rule.
        """
        if name not in self.rules:
            raise LookupFailure(
                Label(f"没有规则“{name}”", f"no rule '{name}'"),
                where="rules",
                expected=Label("、".join(sorted(self.rules)), ", ".join(sorted(self.rules))),
                remedy=Label("在 rules/ 中补充", "add it under rules/"),
            )
        return self.rules[name].value


def read_rules(*folders: Path) -> RuleBook:
    """Rules of the package and of overlay folders.

    Parameters
    ----------
    *folders : Path
        Overlay folders of a province or city; a row with ``replaces: true`` replaces the rule of that id.

    Returns
    -------
    RuleBook
        All rules.

    Raises
    ------
    DefinitionError
        If a file breaks the schema, or an id comes twice without ``replaces``.
    """
    known = read_sources(*folders)
    found: dict[str, Rule] = {}
    for record, source in _records(definition_files(layers(*folders), "rules/*.yaml")):
        rule = _rule(record, source, known)
        replaces = record.value("replaces") is True
        if replaces != (rule.id in found):
            raise record.error(
                f"规则“{rule.id}”{'无可替换' if replaces else '重复'}",
                f"rule '{rule.id}' {'replaces nothing' if replaces else 'comes twice'}",
                expected=Label("新编号，或 replaces: true", "a new id, or replaces: true"),
            )
        found[rule.id] = rule
    return RuleBook(found)


def _records(paths: Iterator[Path]) -> Iterator[tuple[Record, str]]:
    for path in paths:
        root = Record(read_yaml(path), ())
        if root.value("rules") is None:
            continue
        root.allow({"id", "source", "rules"})
        for record in root.children("rules"):
            yield record.allow(_FIELDS), root.text("source")


def _rule(record: Record, default: str, known: Mapping[str, Source]) -> Rule:
    value = record.decimal("value")
    if value is None:
        raise record.error("缺少数值", "has no number", key="value")
    source = record.text_or_none("source") or default
    check_source(source, known, record.marked.at(*record.path))
    text = record.text("unit")
    unit(text)
    return Rule(record.text("id"), value, text, record.label("says"), source, record.text_or_none("note") or "")
