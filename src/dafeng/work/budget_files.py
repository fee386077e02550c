"""The budgets of a city as it delivered them: trees in ``data/budgets/*.yaml``, with tables beside them.

Invariant: a quantity is a whole number of minimal units or the file is refused with its place; what no file says stays unsaid.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from dafeng.core.errors import UnitError
from dafeng.core.labels import Label
from dafeng.core.units import same_dimension
from dafeng.ledger.book_plans import BookPlan, BookPlans, read_book_plans
from dafeng.ledger.budgets import Budget, BudgetNode, PlannedBook, order_nodes
from dafeng.library.overlay import shipped
from dafeng.library.strict import load_yaml, refusal
from dafeng.readers.numbers import read_number
from dafeng.readers.sheets import Sheet, Workbook, read_sheets
from dafeng.work.city import City
from dafeng.work.definitions import Form, Number, Words
from dafeng.work.own_forms import read_form

FOLDER = "budgets"
"""Folder of the overlay that holds them."""
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
COLUMNS: Mapping[str, str] = {
    "id": "id", "编号": "id", "节点": "id",
    "parent": "parent", "上级": "parent", "上级编号": "parent",
    "level": "level", "层级": "level",
    "zh": "zh", "名称": "zh",
    "en": "en", "英文名称": "en",
    "quantity": "quantity", "数量": "quantity",
    "share": "share", "份额": "share", "份额（%）": "share", "份额(%)": "share",
    "holder": "holder", "持有人": "holder",
}  # fmt: skip
"""Headings of a table of nodes."""


def _day(text: str) -> str:
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError(f"'{text}' is not spelt YYYY-MM-DD")
    return text


def _name(text: str) -> str:
    if not ID.fullmatch(text):
        raise ValueError(f"'{text}' is no id: letters, digits, _ . - and at most 40 of them")
    return text


Day = Annotated[str, AfterValidator(_day)]
Name = Annotated[str, AfterValidator(_name)]


class Node(Form):
    """A node of a tree."""

    id: Name
    parent: str | None = None
    level: str = ""
    zh: str
    en: str
    quantity: Number | None = None
    share: Number | None = Field(default=None, ge=0, le=100)
    holder: str = ""


class TopUp(Form):
    """What was added to a node later."""

    node: str
    quantity: Number = Field(gt=0)
    date: Day
    reason: str


class Period(Form):
    """First and last day."""

    start: Day
    end: Day


class Reports(Form):
    """Where the use is reported: a table, or the enterprise accounts of the city."""

    file: str | None = None
    enterprises: str | None = None

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        if (self.file is None) == (self.enterprises is None):
            raise ValueError("needs either 'file' or 'enterprises'")
        return self


class BudgetForm(Form):
    """A file of ``data/budgets``."""

    id: Name
    label: Words
    instrument: str
    unit: str
    scale: int = Field(default=0, ge=0, le=6)
    period: Period
    date: Day
    source: str
    unused: Literal["give_back", "lapse"] | None = None
    phases: dict[int, Number] = Field(default_factory=dict)
    nodes: list[Node] = Field(default_factory=list)
    table: str | None = None
    top_ups: list[TopUp] = Field(default_factory=list)
    reports: Reports | None = None

    @model_validator(mode="after")
    def _has_one_tree(self) -> Self:
        if bool(self.nodes) == (self.table is not None):
            raise ValueError("needs either 'nodes' or 'table'")
        phased = [self.phases[month] for month in sorted(self.phases)]
        if any(not 1 <= month <= 12 for month in self.phases) or any(not 0 <= share <= 100 for share in phased):
            raise ValueError("phases are months 1 to 12 with shares of 0 to 100 %")
        if phased != sorted(phased):
            raise ValueError("phases are cumulative: later months have no smaller share")
        if self.period.end < self.period.start or self.period.end[:4] != self.period.start[:4]:
            raise ValueError("a period ends after it starts, in the same year")
        first = f"{int(self.period.start[:4]) - 1:04}-01-01"  # what is allotted is settled at most a year before its period
        strange = [day for day in (self.date, *(one.date for one in self.top_ups)) if not first <= day <= self.period.end]
        if strange:
            raise ValueError(f"the day {strange[0]} is not from {first} to {self.period.end}, the end of the period")
        return self


@dataclass(frozen=True, slots=True)
class BudgetFile:
    """A budget as delivered: the tree, and what the file says beside it.

    Parameters
    ----------
    path : Path
        The file.
    form : BudgetForm
        What it says.
    budget : Budget
        The tree in minimal units.
    """

    path: Path
    form: BudgetForm
    budget: Budget


@lru_cache(maxsize=1)
def budget_rules() -> Mapping[str, Any]:
    """What the package ships for budgets: instruments, completion, classes of warning.

    Returns
    -------
    mapping
        Content of ``data/budgets/budgets.yaml``.
    """
    return dict(load_yaml(shipped() / FOLDER / "budgets.yaml"))


def list_budget_files(city: City) -> tuple[BudgetFile, ...]:
    """Budgets of a city.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    tuple of BudgetFile
        By file name.

    Raises
    ------
    DefinitionError
        If a file breaks its form; with its place.
    FileRefused
        If a table cannot be read.
    """
    found: dict[str, BudgetFile] = {}
    for path in sorted((city.overlay / FOLDER).glob("*.yaml")):
        read = read_budget_file(path, city)
        if read.budget.id in found:
            first = found[read.budget.id].path.name
            raise refusal(path.name, f"“{read.budget.id}”已在 {first} 中", f"'{read.budget.id}' stands in {first} already")
        found[read.budget.id] = read
    return tuple(found.values())


def read_budget_file(path: Path, city: City) -> BudgetFile:
    """Read a budget.

    Parameters
    ----------
    path : Path
        The file.
    city : City
        Whose it is; its books define unit and scale of the book.

    Returns
    -------
    BudgetFile
        The budget.

    Raises
    ------
    DefinitionError
        If it breaks its form; with its place.
    FileRefused
        If its table cannot be read.
    """
    form = read_form(path, BudgetForm)
    plan = _check_unit(form, path, read_book_plans(city.overlay))
    topped: dict[str, int] = {}
    latest: dict[str, str] = {}
    for at, one in enumerate(form.top_ups):
        where = f"{path.name}:top_ups[{at}]"
        topped[one.node] = topped.get(one.node, 0) + whole_units(one.quantity, form.scale, where)
        latest[one.node] = max(latest.get(one.node, form.date), one.date)
    told = (
        _table(path.parent / form.table)
        if form.table is not None
        else [(node, f"{path.name}:{node.id}") for node in form.nodes]
    )
    nodes = [_node(node, at, form, topped, latest) for node, at in told]
    strange = topped.keys() - {node.id for node in nodes}
    if strange:
        raise refusal(path.name, f"追加的节点“{min(strange)}”不在树中", f"the topped node '{min(strange)}' is not in the tree")
    ordered = order_nodes(nodes)
    _check_shares(ordered, path)
    budget = Budget(
        form.id,
        Label(form.label.zh, form.label.en),
        form.instrument,
        form.unit,
        form.scale,
        form.period.start,
        form.period.end,
        ordered,
        PlannedBook(plan, form.period.start[:4], city.slug),
    )
    return BudgetFile(path, form, budget)


def _check_unit(form: BudgetForm, path: Path, plans: BookPlans) -> BookPlan:
    """Definition of the book of a budget; the unit of the file is of the kind of its unit."""
    known = [name for name in budget_rules()["instruments"] if name in plans.books]
    if form.instrument not in known:
        raise refusal(
            path.name, f"没有“{form.instrument}”这种预算", f"there is no budget of '{form.instrument}'",
            expected=Label("、".join(known), ", ".join(known)),
        )  # fmt: skip
    plan = plans.books[form.instrument]
    try:
        fits = same_dimension(form.unit, plan.unit)
    except UnitError:
        fits = False
    if not fits:
        unit = plan.unit
        raise refusal(path.name, f"单位“{form.unit}”不合：应与 {unit} 同类", f"unit '{form.unit}' is not of the kind of {unit}")
    return plan


def whole_units(quantity: Decimal | int, scale: int, at: str) -> int:
    """A quantity in minimal units.

    Parameters
    ----------
    quantity : Decimal or int
        In the unit of the budget, at least 0.
    scale : int
        Decimal places of the minimal unit.
    at : str
        Where it stands, for the message.

    Returns
    -------
    int
        Minimal units.

    Raises
    ------
    DefinitionError
        If it is negative or no whole number of minimal units.
    """
    moved = Decimal(quantity).scaleb(scale)
    if moved != moved.to_integral_value() or moved < 0:
        raise refusal(
            at, f"“{quantity}”不是最小单位的整数倍", f"'{quantity}' is no whole number of minimal units",
            expected=Label(f"至多 {scale} 位小数的非负数", f"a number of at most {scale} decimals, not negative"),
        )  # fmt: skip
    return int(moved)


def _node(node: Node, at: str, form: BudgetForm, topped: Mapping[str, int], latest: Mapping[str, str]) -> BudgetNode:
    if (node.quantity is None) == (node.share is None):
        raise refusal(at, f"“{node.id}”须有数量或份额之一", f"'{node.id}' needs either a quantity or a share")
    if not node.parent and node.quantity is None:
        raise refusal(at, f"根节点“{node.id}”须有数量", f"the root '{node.id}' needs a quantity")
    quantity = None if node.quantity is None else whole_units(node.quantity, form.scale, at)
    share = None if node.share is None else Fraction(node.share)
    return BudgetNode(
        node.id, node.parent or "", Label(node.zh, node.en), node.level, node.holder or node.id, quantity, share,
        topped.get(node.id, 0), latest.get(node.id, form.date), at,
    )  # fmt: skip


def _check_shares(nodes: tuple[BudgetNode, ...], path: Path) -> None:
    sums: dict[str, Fraction] = {}
    for node in nodes:
        if node.share is not None:
            sums[node.parent] = sums.get(node.parent, Fraction(0)) + node.share
    for parent, total in sums.items():
        if total > 100:
            said = f"{float(total):g} %"
            raise refusal(path.name, f"“{parent}”下级份额合计 {said}", f"the shares below '{parent}' are {said} together")


def _table(path: Path) -> list[tuple[Node, str]]:
    book = read_sheets(path)
    sheet = book.sheets[0]
    heads = (
        {COLUMNS[text.strip()]: at for at, text in enumerate(sheet.rows[0]) if text.strip() in COLUMNS} if sheet.rows else {}
    )
    for needed in ("id", "parent", "zh"):
        if needed not in heads:
            raise refusal(path.name, f"缺少“{needed}”列", f"the column '{needed}' is missing")
    return [_row(book, sheet, line, heads) for line in range(1, len(sheet.rows)) if any(c.strip() for c in sheet.rows[line])]


def _row(book: Workbook, sheet: Sheet, line: int, heads: Mapping[str, int]) -> tuple[Node, str]:
    at = book.at(sheet, line, heads["id"])

    def text(name: str) -> str:
        column = heads.get(name, -1)
        row = sheet.rows[line]
        return row[column].strip() if 0 <= column < len(row) else ""

    def amount(name: str) -> Decimal | None:
        read = read_number(text(name))
        if read.missing:
            return None
        if read.value is None or read.qualifier:
            place = book.at(sheet, line, heads[name])
            raise refusal(place, f"“{text(name)}”不是数", f"'{text(name)}' is no number")
        return read.value

    share = amount("share")
    name = text("id")
    if not ID.fullmatch(name):
        raise refusal(at, f"“{name}”不能作编号", f"'{name}' is no id")
    if share is not None and not 0 <= share <= 100:
        raise refusal(at, f"份额 {share} 不在 0 至 100 之间", f"the share {share} is not between 0 and 100")
    node = Node(
        id=name, parent=text("parent") or None, level=text("level"), zh=text("zh") or name, en=text("en") or name,
        quantity=amount("quantity"), share=share, holder=text("holder"),
    )  # fmt: skip
    return node, at
