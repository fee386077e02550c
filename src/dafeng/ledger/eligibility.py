"""Tests of eligibility with three answers, as data: met, not met, not known.

Invariant: a test whose facts do not decide it is ``not_known``, which is never a pass; what is known to decide is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from dafeng.core.labels import Label, Wording
from dafeng.core.units import Unit, unit
from dafeng.formula import Expression, evaluate_exact, parse, unit_of
from dafeng.formula.expression import COMPARISONS, Apply
from dafeng.ledger.working_days import Answer
from dafeng.library.overlay import definition_files, layers
from dafeng.library.records import Record
from dafeng.library.sources import check_source, read_sources
from dafeng.library.strict import Texts, read_texts, read_yaml

FactKind = Literal["number", "day", "flag", "word"]
KINDS = ("number", "day", "flag", "word")
"""What a fact may be."""
Value = Decimal | int | bool | str
"""Value of a fact; a day is its ordinal."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that tests may ask for.

    Parameters
    ----------
    name : str
        Its name.
    label : Label
        Name in words.
    kind : str
        One of `KINDS`.
    unit : str
        Unit of a number.
    """

    name: str
    label: Label
    kind: str
    unit: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison of facts and constants.

    Parameters
    ----------
    expression : Expression
        What is compared.
    """

    expression: Expression


@dataclass(frozen=True, slots=True)
class Chosen:
    """A fact that is one of some values, or none of them.

    Parameters
    ----------
    fact : str
        Name of the fact.
    values : tuple
        The values.
    inside : bool
        Whether it must be one of them; else it must be none.
    """

    fact: str
    values: tuple[Value, ...]
    inside: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """Rules of which all, or any, must hold.

    Parameters
    ----------
    parts : tuple of Rule
        The rules.
    every : bool
        Whether all of them must hold; else one is enough.
    """

    parts: tuple[Rule, ...]
    every: bool


Rule = Compared | Chosen | Joined
"""What a test asks."""


@dataclass(frozen=True, slots=True)
class Test:
    """A test of eligibility.

    Parameters
    ----------
    id : str
        Its id.
    label : Label
        What must hold.
    source, grade : str
        Where it stands and how sure it is.
    clause : str or Label
        Its clause: as published, or in both languages.
    rule : Compared, Chosen or Joined
        What it asks.
    constants : mapping of str to Decimal
        Numbers in its comparisons.
    """

    __test__ = False
    id: str
    label: Label
    source: str
    clause: Wording
    grade: str
    rule: Rule
    constants: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a test said.

    Parameters
    ----------
    test : Test
        The test.
    answer : {"met", "not_met", "not_known"}
        Its answer.
    missing : tuple of str
        Facts that are not known and that it asks for.
    """

    test: Test
    answer: Answer
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Method:
    """A method of credits.

    Parameters
    ----------
    id : str
        Its id.
    label : Label
        Name in words.
    source, grade, note : str
        Where it stands and how sure it is.
    policy : str
        Policy that works out the reduction; empty where its equations were not read.
    exempt : tuple of str
        Tests of the scheme that it need not meet.
    project_tests, period_tests : tuple of Test
        Its own tests.
    """

    id: str
    label: Label
    source: str
    grade: str
    note: str
    policy: str
    exempt: tuple[str, ...]
    project_tests: tuple[Test, ...]
    period_tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme of credits.

    Parameters
    ----------
    id : str
        Its id.
    label : Label
        Name in words.
    source, grade : str
        Where it stands and how sure it is.
    book : str
        Definition of the book of its credits, in ``books.yaml``.
    formerly : str
        Name under which earlier versions opened that book; empty where they did not.
    same : tuple of str
        Instruments that earlier versions of the file gave its credits.
    total : int or None
        The most that may be issued in all; ``None`` where the rules name no total. [t]
    total_says : Label
        What the rules say of it.
    offsets : bool
        Whether its credits may cover an obligation.
    methods : tuple of str
        Methods it allows.
    notice, review : int or None
        Length of the public notice, and of the registry's review. [working days]
    lookback, keep : int or None
        How far back reductions may lie, and how long data are kept after the last issue. [a]
    bodies_differ : bool
        Whether validator and verifier must differ.
    project_tests, period_tests : tuple of Test
        Its tests.
    """

    id: str
    label: Label
    source: str
    grade: str
    book: str
    formerly: str
    same: tuple[str, ...]
    total: int | None
    total_says: Label
    offsets: bool
    methods: tuple[str, ...]
    notice: int | None
    review: int | None
    lookback: int | None
    keep: int | None
    bodies_differ: bool
    project_tests: tuple[Test, ...]
    period_tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Schemes:
    """What may be asked for.

    Parameters
    ----------
    schemes, methods, facts, uses : mapping
        Schemes, methods, facts and other uses by id.
    """

    schemes: Mapping[str, Scheme]
    methods: Mapping[str, Method]
    facts: Mapping[str, Fact]
    uses: Mapping[str, Label]


def read_schemes(*folders: Path) -> Schemes:
    """Schemes of the package and of overlay folders.

    Parameters
    ----------
    *folders : Path
        Overlay folders; their ``rights/schemes*.yaml`` add schemes and methods.

    Returns
    -------
    Schemes
        All of them.

    Raises
    ------
    DefinitionError
        If a file breaks the form, or an id comes twice.
    """
    return _schemes(read_texts(definition_files(layers(*folders), "rights/schemes*.yaml")), frozenset(read_sources(*folders)))


def run_tests(tests: Iterable[Test], facts: Mapping[str, Value]) -> tuple[Outcome, ...]:
    """What tests say of facts.

    Parameters
    ----------
    tests : iterable of Test
        The tests.
    facts : mapping
        What is known, by name.

    Returns
    -------
    tuple of Outcome
        One per test.
    """
    made = []
    for test in tests:
        said = _ask(test.rule, facts, test.constants)
        answer: Answer = "not_known" if said is None else "met" if said else "not_met"
        missing = () if said is not None else tuple(n for n in asked(test.rule, test.constants) if n not in facts)
        made.append(Outcome(test, answer, missing))
    return tuple(made)


def asked(rule: Rule, constants: Mapping[str, Decimal]) -> tuple[str, ...]:
    """Facts that a rule asks for.

    Parameters
    ----------
    rule : Compared, Chosen or Joined
        The rule.
    constants : mapping
        Names that are no facts.

    Returns
    -------
    tuple of str
        Each once.
    """
    if isinstance(rule, Compared):
        return tuple(name for name in rule.expression.names if name not in constants)
    if isinstance(rule, Chosen):
        return (rule.fact,)
    return tuple(dict.fromkeys(name for part in rule.parts for name in asked(part, constants)))


def _ask(rule: Rule, facts: Mapping[str, Value], constants: Mapping[str, Decimal]) -> bool | None:
    if isinstance(rule, Chosen):
        return None if rule.fact not in facts else (facts[rule.fact] in rule.values) is rule.inside
    if isinstance(rule, Joined):
        said = [_ask(part, facts, constants) for part in rule.parts]
        if (not rule.every) in said:  # one part decides, whatever the others are
            return not rule.every
        return None if None in said else rule.every
    values: dict[str, Decimal | int] = {}
    for name in rule.expression.names:
        value = constants.get(name, facts.get(name))
        if value is None or isinstance(value, str):
            return None
        values[name] = value
    return evaluate_exact(rule.expression, values, where="eligibility") != 0


@lru_cache(maxsize=8)
def _schemes(texts: Texts, known: frozenset[str]) -> Schemes:
    found: dict[str, dict[str, Any]] = {"facts": {}, "uses": {}, "methods": {}, "schemes": {}}
    for name, text in texts:
        root = Record(read_yaml(text, name=name), ())
        root.allow(found)
        for part, read in (("facts", _fact), ("uses", _use), ("methods", _method), ("schemes", _scheme)):
            head = root.child(part)
            for one in head.keys():  # noqa: SIM118 - a record is no mapping
                if one in found[part]:
                    raise head.error("编号重复", "the id comes twice", key=one)
                found[part][one] = read(one, head.child(one), found["facts"], known)
    return Schemes(found["schemes"], found["methods"], found["facts"], found["uses"])


def _fact(id: str, record: Record, *_: Any) -> Fact:
    record.allow({"kind", "unit", "label"})
    kind = record.text("kind", among=KINDS)
    return Fact(id, record.label("label"), kind, record.text("unit") if kind == "number" else "d" if kind == "day" else "")


def _use(_id: str, record: Record, *_: Any) -> Label:
    return record.allow({"label"}).label("label")


def _method(id: str, record: Record, facts: Mapping[str, Fact], known: frozenset[str]) -> Method:
    record.allow({"label", "source", "grade", "note", "policy", "exempt", "constants", "project_tests", "period_tests"})
    source = check_source(record.text("source"), known, record.marked.at(*record.path))
    return Method(
        id, record.label("label"), source, record.text("grade"), record.text_or_none("note") or "",
        record.text_or_none("policy") or "", record.texts("exempt"),
        _tests(record, "project_tests", facts), _tests(record, "period_tests", facts),
    )  # fmt: skip


_SCHEME = frozenset(
    (
        *(
            "label",
            "source",
            "grade",
            "book",
            "formerly",
            "instrument",
            "same",
            "total",
            "total_says",
            "offsets",
            "methods",
            "notice",
            "review",
            "lookback",
            "keep",
        ),
        *("bodies_differ", "constants", "project_tests", "period_tests"),
    )
)


def _scheme(id: str, record: Record, facts: Mapping[str, Fact], known: frozenset[str]) -> Scheme:
    record.allow(_SCHEME)
    source = check_source(record.text("source"), known, record.marked.at(*record.path))
    days = {name: record.decimal(name) for name in ("notice", "review", "lookback", "keep", "total")}
    counts = {name: None if value is None else int(value) for name, value in days.items()}
    return Scheme(
        id, record.label("label"), source, record.text("grade"), record.text("book"), record.text_or_none("formerly") or "",
        _same(record), counts["total"], _total_says(record), record.value("offsets") is True,
        record.texts("methods"), counts["notice"], counts["review"], counts["lookback"], counts["keep"],
        record.value("bodies_differ") is True,
        _tests(record, "project_tests", facts), _tests(record, "period_tests", facts),
    )  # fmt: skip


def _same(record: Record) -> tuple[str, ...]:
    named = record.text_or_none("instrument")
    return (*((named,) if named else ()), *record.texts("same"))


def _total_says(record: Record) -> Label:
    if record.value("total_says") is not None:
        return record.label("total_says")
    return Label("未写明总量", "nothing is said of a total")


def _tests(record: Record, key: str, facts: Mapping[str, Fact]) -> tuple[Test, ...]:
    constants: dict[str, Decimal] = {}
    units = {one.name: unit(one.unit) for one in facts.values() if one.unit}
    held = record.child("constants")
    for name in held.keys():  # noqa: SIM118 - a record is no mapping
        inner = held.child(name)
        if inner.value("date"):
            constants[name], units[name] = Decimal(date.fromisoformat(inner.text("date")).toordinal()), unit("d")
        else:
            constants[name], units[name] = inner.decimal("value") or Decimal(0), unit(inner.text("unit"))
    head = record.child(key)
    source, grade = record.text("source"), record.text("grade")
    made = []
    for name in head.keys():  # noqa: SIM118
        inner = head.child(name)
        inner.allow({"label", "clause", "rule"})
        rule = _rule(inner, inner.value("rule"), facts, units)
        clause = inner.label("clause") if isinstance(inner.value("clause"), dict) else inner.text_or_none("clause") or ""
        made.append(Test(name, inner.label("label"), source, clause, grade, rule, constants))
    return tuple(made)


def _rule(record: Record, read: Any, facts: Mapping[str, Fact], units: Mapping[str, Unit]) -> Rule:
    if isinstance(read, str):
        expression = parse(read, where=str(record.path[-1]))
        if lost := [name for name in expression.names if name not in units]:
            raise record.error(f"未声明的量 {lost[0]}", f"undeclared {lost[0]}", key="rule")
        unit_of(expression, units, where=str(record.path[-1]))
        if not isinstance(expression.root, Apply) or expression.root.what not in COMPARISONS:
            raise record.error("应为比较式", "must be a comparison", key="rule")
        return Compared(expression)
    if isinstance(read, dict) and read.get("fact") in facts:
        for word, inside in (("is", True), ("among", True), ("outside", False)):
            if word in read:
                values = read[word] if isinstance(read[word], list) else [read[word]]
                return Chosen(read["fact"], tuple(values), inside)
    if isinstance(read, dict) and len(read) == 1 and next(iter(read)) in ("any", "all"):
        word, parts = next(iter(read.items()))
        if not isinstance(parts, list) or not parts:  # all of nothing would always hold
            raise record.error("应为非空列表", "must be a list with something in it", key="rule")
        return Joined(tuple(_rule(record, part, facts, units) for part in parts), word == "all")
    raise record.error("不认识这种条件", "no such rule", key="rule")
