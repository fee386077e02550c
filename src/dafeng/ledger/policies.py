"""Policies as data: dated equations with their inputs, constants, source and grade, from ``data/rights/*.yaml``.

Invariant: a quantity that is not known makes every step that needs it unknown and is named; nothing has a hidden default, and
each step's equation has the unit that is declared for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from pathlib import Path

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label, Wording
from dafeng.core.units import unit
from dafeng.formula import Expression, check_unit, evaluate_exact, parse, say
from dafeng.ledger.powers import KERNELS
from dafeng.library.overlay import definition_files, layers, merged
from dafeng.library.records import Record, records
from dafeng.library.sources import check_source, read_sources
from dafeng.library.strict import Texts, read_texts, read_yaml

GRADES = ("A", "A-", "B", "C", "M")
"""Official text, tied transcription, transcription, weak, memory; what is of grade M is never a default."""
_POLICY = frozenset(
    ("label", "family", "years", "status", "source", "clause", "grade", "note", "given", "constants", "steps", "round")
)
_TERM = frozenset(("label", "unit", "least", "most", "words", "optional"))
_CONSTANT = frozenset(("label", "unit", "value", "source", "grade", "note", "suggested"))


@dataclass(frozen=True, slots=True)
class Term:
    """A quantity that a policy is given.

    Parameters
    ----------
    name : str
        Name in equations.
    label : Label
        Name in words.
    unit : str
        Its unit.
    least, most : Decimal or None
        Bounds, both allowed. [unit]
    words : mapping of str to Decimal
        Numbers by word, where it is chosen and not measured. [unit]
    """

    name: str
    label: Label
    unit: str
    least: Decimal | None
    most: Decimal | None
    words: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Setting:
    """A number that a policy sets; ``value`` is ``None`` where it is not known, ``suggested`` is what memory says.

    Parameters
    ----------
    name : str
        Name in equations.
    label : Label
        Name in words.
    unit : str
        Its unit.
    value, suggested : Decimal or None
        The number, and one that was not confirmed and is never used by itself. [unit]
    source, grade, note : str
        Where it comes from and how sure it is.
    """

    name: str
    label: Label
    unit: str
    value: Decimal | None
    suggested: Decimal | None
    source: str
    grade: str
    note: str


@dataclass(frozen=True, slots=True)
class Step:
    """An equation of a policy.

    Parameters
    ----------
    name : str
        Name of what it gives.
    label : Label
        Name in words.
    unit : str
        Unit of what it gives.
    expression : Expression
        The equation.
    """

    name: str
    label: Label
    unit: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule of a regulator, or of this project where ``source`` says so.

    Parameters
    ----------
    id : str
        Its id.
    label : Label
        Name in words.
    family : str
        What it is an edition of.
    years : tuple of int
        Years it holds for; empty where it is not dated.
    status : str
        ``final`` or ``draft``.
    source, grade, note : str
        Where it stands and how sure it is.
    clause : str or Label
        What it says: as published, or in both languages.
    given : tuple of Term
        Inputs.
    constants : tuple of Setting
        Numbers it sets.
    steps : tuple of Step
        Equations in order; the last one is its answer.
    round : str
        ``down``, ``up`` or empty: how its answer becomes whole units.
    """

    id: str
    label: Label
    family: str
    years: tuple[int, ...]
    status: str
    source: str
    clause: Wording
    grade: str
    note: str
    given: tuple[Term, ...]
    constants: tuple[Setting, ...]
    steps: tuple[Step, ...]
    round: str


@dataclass(frozen=True, slots=True)
class Line:
    """A step that was worked out.

    Parameters
    ----------
    step : Step
        The step.
    value : Decimal or None
        Its value. [step.unit]
    says : Label
        The equation in words with its numbers.
    """

    step: Step
    value: Decimal | None
    says: Label


@dataclass(frozen=True, slots=True)
class Worked:
    """A policy that was worked out.

    Parameters
    ----------
    policy : Policy
        The policy.
    inputs : mapping of str to Decimal
        What was used. [units of the terms]
    lines : tuple of Line
        Its steps.
    missing : tuple of Term or Setting
        What is not known and needed.
    """

    policy: Policy
    inputs: Mapping[str, Decimal]
    lines: tuple[Line, ...]
    missing: tuple[Term | Setting, ...]

    def __getitem__(self, name: str) -> Decimal | None:
        """Value of a step."""
        return next(line.value for line in self.lines if line.step.name == name)

    @property
    def value(self) -> Decimal | None:
        """Value of the last step, exact. [its unit]"""
        return self.lines[-1].value

    @property
    def whole(self) -> int | None:
        """Value of the last step in whole units, rounded as the policy says."""
        return None if self.value is None else round_whole(self.value, self.policy.round)


def round_whole(value: Decimal, way: str) -> int:
    """Whole units of a value.

    Parameters
    ----------
    value : Decimal
        Any value.
    way : str
        ``down`` or ``up``.

    Returns
    -------
    int
        The whole number below (or above), the value itself if it is whole.
    """
    return int(value.to_integral_value(rounding=ROUND_CEILING if way == "up" else ROUND_FLOOR))


def read_policies(*folders: Path) -> Mapping[str, Policy]:
    """Policies of the package and of overlay folders.

    Parameters
    ----------
    *folders : Path
        Overlay folders of a province or city.

    Returns
    -------
    mapping of str to Policy
        By id.

    Raises
    ------
    DefinitionError
        If a file breaks the form, an equation has another unit than declared, or an id comes twice.
    """
    paths = definition_files(layers(*folders), "rights/policies*.yaml")
    return _policies(read_texts(paths), frozenset(read_sources(*folders)))


def find_policy(policies: Mapping[str, Policy], family: str, *, year: int | None = None, draft: bool = False) -> Policy | None:
    """Edition of a family that holds in a year.

    Parameters
    ----------
    policies : mapping
        From `read_policies`.
    family : str
        Family.
    year : int, optional
        Year; policies without years hold in all.
    draft : bool, optional
        Whether drafts count.

    Returns
    -------
    Policy or None
        The edition; ``None`` where none is known.
    """
    for policy in policies.values():
        if policy.family == family and (not policy.years or year in policy.years) and (draft or policy.status == "final"):
            return policy
    return None


def need_policy(policies: Mapping[str, Policy], id: str) -> Policy:
    """A policy by id.

    Parameters
    ----------
    policies : mapping
        From `read_policies`.
    id : str
        Its id.

    Returns
    -------
    Policy
        The policy.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    if id not in policies:
        raise LookupFailure(
            Label(f"没有政策“{id}”", f"there is no policy '{id}'"),
            where="data/rights",
            expected=Label("已登记的政策编号", "an id of data/rights/policies*.yaml"),
            remedy=Label("核对编号，或在城市的 data/rights 中登记", "check the id, or add it to data/rights of the city"),
        )
    return policies[id]


def work_out(policy: Policy, values: Mapping[str, Decimal | int | None], *, where: str = "") -> Worked:
    """Work out a policy.

    Parameters
    ----------
    policy : Policy
        The policy.
    values : mapping
        Known inputs; a value under the name of a constant goes before the constant's own.
    where : str, optional
        Place for messages.

    Returns
    -------
    Worked
        Steps that need something unknown have no value.
    """
    known: dict[str, Decimal] = {one.name: one.value for one in policy.constants if one.value is not None}
    known |= {name: Decimal(value) for name, value in values.items() if value is not None}
    named: dict[str, Term | Setting] = {term.name: term for term in policy.given}
    named |= {one.name: one for one in policy.constants}
    labels = {name: one.label for name, one in named.items()} | {step.name: step.label for step in policy.steps}
    missing: dict[str, Term | Setting] = {}
    lines: list[Line] = []
    for step in policy.steps:
        names = step.expression.names
        missing |= {name: named[name] for name in names if name not in known and name in named}
        value = None
        if all(name in known for name in names):
            value = evaluate_exact(step.expression, {name: known[name] for name in names}, kernels=KERNELS, where=where)
            known[step.name] = value
        shown = {name: write_number(known[name]) for name in names if name in known}
        result = write_number(value) if value is not None else "?"
        zh, en = (
            say(step.expression, labels, tongue, values=shown, subject=step.label, result=result) for tongue in ("zh", "en")
        )
        lines.append(Line(step, value, Label(zh, en)))
    used = {name: known[name] for name in known if name in named}
    return Worked(policy, used, tuple(lines), tuple(missing.values()))


def write_number(value: Decimal) -> str:
    """A number in plain digits, at most twelve of them significant.

    Parameters
    ----------
    value : Decimal
        Any number.

    Returns
    -------
    str
        Without exponent and without trailing zeros.
    """
    text = format(Decimal(f"{value:.12g}"), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=16)
def _policies(texts: Texts, known: frozenset[str]) -> Mapping[str, Policy]:
    return merged(_rows(texts, known))


def _rows(texts: Texts, known: frozenset[str]) -> Iterator[tuple[str, str, Policy]]:
    for file, text in texts:
        marked = read_yaml(text, name=file)
        for name, record in records(marked, "policies"):
            yield name, marked.at(*record.path), _policy(name, record, known)


def _policy(name: str, record: Record, known: frozenset[str]) -> Policy:
    record.allow(_POLICY)
    source = check_source(record.text("source"), known, record.marked.at(*record.path))
    grade = record.text("grade", among=GRADES)
    given = record.child("given")
    constants = record.child("constants")
    terms = tuple(_term(one, given.child(one)) for one in given.keys())  # noqa: SIM118 - a record is no mapping
    settings = tuple(_setting(one, constants.child(one), source, grade) for one in constants.keys())  # noqa: SIM118
    for one in settings:
        check_source(one.source, known, record.marked.at(*record.path))
    years = record.value("years") or []
    return Policy(
        name, record.label("label"), record.text_or_none("family") or name, tuple(years),
        record.text_or_none("status", among=("final", "draft")) or "final", source,
        record.label("clause") if isinstance(record.value("clause"), dict) else record.text_or_none("clause") or "",
        grade, record.text_or_none("note") or "", terms, settings, _steps(record, (*terms, *settings)),
        record.text_or_none("round", among=("down", "up")) or "",
    )  # fmt: skip


def _term(name: str, record: Record) -> Term:
    record.allow(_TERM)
    words = record.child("words")
    numbers = {one: words.decimal(one) or Decimal(0) for one in words.keys()}  # noqa: SIM118
    return Term(name, record.label("label"), record.text("unit"), record.decimal("least"), record.decimal("most"), numbers)


def _setting(name: str, record: Record, source: str, grade: str) -> Setting:
    record.allow(_CONSTANT)
    said = record.text_or_none("grade", among=GRADES) or grade
    value = record.decimal("value")
    if said == "M" and value is not None:
        raise record.error("凭记忆的数不得作为缺省值", "a number from memory is never a default", key="value")
    return Setting(
        name, record.label("label"), record.text("unit"), value, record.decimal("suggested"),
        record.text_or_none("source") or source, said, record.text_or_none("note") or "",
    )  # fmt: skip


def _steps(record: Record, named: tuple[Term | Setting, ...]) -> tuple[Step, ...]:
    units = {one.name: unit(one.unit) for one in named}
    steps: list[Step] = []
    head = record.child("steps")
    for name in head.keys():  # noqa: SIM118
        inner = head.child(name)
        inner.allow({"label", "unit", "formula"})
        where = f"{record.path[-1]}.{name}"
        expression = parse(inner.text("formula"), kernels=KERNELS, where=where)
        declared = unit(inner.text("unit"))
        if any(one not in units for one in expression.names):
            unknown = ", ".join(one for one in expression.names if one not in units)
            raise inner.error(f"未声明的量 {unknown}", f"undeclared {unknown}", key="formula")
        if check_unit(expression, units, declared, kernels=KERNELS, where=where) != 1:
            raise inner.error("单位大小与声明不符", "the unit differs in size from the declared one", key="formula")
        units[name] = declared
        steps.append(Step(name, inner.label("label"), inner.text("unit"), expression))
    if not steps:
        raise record.error("至少需要一个步骤", "needs at least one step", key="steps")
    return tuple(steps)
