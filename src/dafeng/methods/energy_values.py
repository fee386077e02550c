"""Values of the views of one balance, each with its trace and, where there is none, with what is lacking.

Invariant: an unknown input makes a view unknown, never zero; a view is computed exactly and rounded once to 9 places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from dafeng.core.errors import FormulaError
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.core.units import convert, unit
from dafeng.formula import check_unit, evaluate_exact, say, typeset
from dafeng.library.balances import Flow, carriers
from dafeng.methods.energy_balance import TCE, Balance, Cell
from dafeng.methods.energy_views import BASE, EQUIVALENT, PHYSICAL, FieldRule, Single, Sum, View, ViewBook
from dafeng.methods.explanation import EVIDENCE, plain
from dafeng.methods.notices import LANGUAGES

SCALE = Decimal("0.000000001")
"""Scale to which the value of a view is rounded, once. [unit of the view]"""
UNIT = "万吨标准煤"
"""Unit of fields and rows."""
_DIGITS = 60


@dataclass(frozen=True, slots=True)
class Value:
    """One number on the way from the balance to a view.

    Parameters
    ----------
    id : str
        Name.
    label : Label
        Name in words.
    value : Decimal or None
        Value, rounded once where it is a view; ``None`` where it is unknown. [unit]
    exact : Decimal or None
        The same before rounding: what further views are computed from. [unit]
    unit : str
        Unit.
    trace : Trace
        How it came about.
    lacking : tuple of Label
        What is unknown; with a value, what the value lacks.
    """

    id: str
    label: Label
    value: Decimal | None
    exact: Decimal | None
    unit: str
    trace: Trace
    lacking: tuple[Label, ...]

    @property
    def address(self) -> str:
        """Address of its trace."""
        return self.trace.address

    @property
    def grade(self) -> str:
        """Evidence grade, the worst of what went in."""
        return self.trace.grade or "derived"


class Evaluation:
    """Values of one balance, each computed when it is first asked for.

    Parameters
    ----------
    book : ViewBook
        Definitions.
    balance : Balance
        The balance.
    figures : mapping of str to Value
        Published single figures of the year by indicator, in the unit of their use.
    base : Evaluation, optional
        The balance of the base year.
    """

    def __init__(self, book: ViewBook, balance: Balance, figures: Mapping[str, Value], base: Evaluation | None = None) -> None:
        self.book, self.balance, self.figures, self.base = book, balance, figures, base
        self._kept: dict[tuple[str, str], Value] = {}

    def __iter__(self) -> Iterator[Value]:
        return iter(self._kept.values())

    def get(self, name: str, rule: str) -> Value:
        """Value under a name.

        Parameters
        ----------
        name : str
            Sum, figure, constant, option or view.
        rule : str
            Rule for the quantity on which no text was found.

        Returns
        -------
        Value
            The value with its trace.
        """
        key = (name, rule if self._varies(name) else "")
        if key not in self._kept:
            self._kept[key] = self._make(name, rule)
        return self._kept[key]

    def field(self, rule: FieldRule, measure: str) -> Value:
        """End use of one field.

        Parameters
        ----------
        rule : FieldRule
            The field.
        measure : {"calorific", "equivalent"}
            Convention for electricity.

        Returns
        -------
        Value
            Its sum.
        """
        name = f"field.{rule.id}.{measure}"
        made = Sum(name, rule.label, "", UNIT, rule.plus, rule.minus, (), measure, "nothing", None)
        return self._kept.setdefault((name, ""), self._sum(made, self._cells(made)))

    def row(self, flow: Flow, measure: str) -> Value:
        """All columns of one printed row.

        Parameters
        ----------
        flow : Flow
            The row.
        measure : {"calorific", "equivalent"}
            Convention for electricity.

        Returns
        -------
        Value
            Their sum.
        """
        name = f"row.{flow.id}.{measure}"
        made = Sum(name, flow.label, "", UNIT, (flow.id,), (), (), measure, "nothing", None)
        own = [
            (cell, 1)
            for cell in self.balance.cells.values()
            if cell.flow == flow.id and carriers()[cell.carrier].kind != "total"
        ]
        return self._kept.setdefault((name, ""), self._sum(made, own))

    def _varies(self, name: str) -> bool:
        return any(self.book.depends(name, choice) for choice in self.book.choices)

    def _make(self, name: str, rule: str) -> Value:
        book = self.book
        if name in book.sums:
            return self._sum(book.sums[name], self._cells(book.sums[name]))
        if name in book.singles:
            return self._single(book.singles[name])
        if name in book.choices:
            choice, chosen = book.choices[name].label, book.choices[name].rules[rule]
            told = Label(f"{choice.zh}（{chosen.label.zh}）", f"{choice.en} ({chosen.label.en})")
            return self._computed(replace(chosen, label=told), name, rule)
        return self._computed(book.views[name], name, rule)

    def _sum(self, made: Sum, parts: Sequence[tuple[Cell, int]]) -> Value:
        stand_in = self.figures.get(made.figure or "")
        if not parts and stand_in is not None:
            return stand_in
        if not parts and (made.blank == "unknown" or not self.balance.cells):
            return self._unknown(made.id, made.label, made.unit, made.figure or "balance")
        values = [(cell, sign, _amount(cell, made)) for cell, sign in parts]
        lost = tuple(
            dict.fromkeys(carriers()[cell.carrier].label for cell, _, value in values if value is None and cell.fact["value"])
        )
        known = [(cell, sign, value) for cell, sign, value in values if value is not None]
        unrated = made.measure == EQUIVALENT and any(cell.calorific is not None for cell, _, value in values if value is None)
        with localcontext() as context:
            context.prec = _DIGITS
            total = None if unrated else sum((sign * value for _, sign, value in known), Decimal(0))
        grades = [str(cell.fact["grade"]) for cell, _, _ in known]
        trace = Trace(
            address=self._address(made.id),
            kind="result",
            says=_summed(made, len(known)),
            value=None if total is None else plain(total),
            unit=made.unit,
            year=self.balance.year,
            inputs=tuple(_cell_address(cell, made, self.balance.year) for cell, _, _ in known),
            grade=_worst([*grades, "derived"]),
            note=_incomplete(lost) if lost else None,
        )
        lacking = (self.book.singles[self.book.rate].label,) if unrated else lost
        return Value(made.id, made.label, total, total, made.unit, trace, lacking)

    def _cells(self, made: Sum) -> list[tuple[Cell, int]]:
        columns = made.carriers or tuple(c.id for c in self.balance.columns if c.kind != "total")
        signed = [*((flow, 1) for flow in made.plus), *((flow, -1) for flow in made.minus)]
        return [(cell, sign) for carrier in columns for flow, sign in signed for cell in self.balance.pick(flow, carrier)]

    def _single(self, single: Single) -> Value:
        if single.value is not None:
            trace = Trace(
                address=self._address(f"constant.{single.id}"),
                kind="assumption",
                says=single.label,
                value=plain(single.value),
                unit=single.unit,
                source=single.source,
                grade=single.grade,
            )
            return Value(single.id, single.label, single.value, single.value, single.unit, trace, ())
        return self.figures.get(single.indicator) or self._unknown(single.id, single.label, single.unit, single.indicator)

    def _computed(self, view: View, name: str, rule: str) -> Value:
        inputs = {part: self._input(part, rule) for part in view.expression.names}
        lacking = tuple(dict.fromkeys(label for value in inputs.values() for label in value.lacking))
        known = {part: value.exact for part, value in inputs.items() if value.exact is not None}
        exact = _evaluate(view, known, inputs) if len(known) == len(inputs) else None
        value = None if exact is None else exact.quantize(SCALE, ROUND_HALF_EVEN)
        if value is None and not lacking:
            lacking = (Label("除数为零", "a divisor is zero"),)
        address = f"{name}.{rule}" if self._varies(name) else name
        trace = self._view_trace(view, inputs, value, address, lacking)
        return Value(name, view.label, value, exact, view.unit, trace, lacking)

    def _input(self, part: str, rule: str) -> Value:
        if not part.startswith(BASE):
            return self.get(part, rule)
        bare = part.removeprefix(BASE)
        if self.base is not None:
            return self.base.get(bare, rule)
        if (part, "") not in self._kept:
            label = Label("基年的能源平衡表", "the energy balance of the base year")
            self._kept[part, ""] = self._unknown(part, label, self.book.views[bare].unit, "balance")
        return self._kept[part, ""]

    def _view_trace(
        self, view: View, inputs: Mapping[str, Value], value: Decimal | None, address: str, lacking: tuple[Label, ...]
    ) -> Trace:
        labels, symbols = {p: v.label for p, v in inputs.items()}, {p: self._symbol(p) for p in inputs}
        shown = {language: _shown(inputs, language) for language in LANGUAGES}
        result = {language: _text(value, view.unit, language) for language in LANGUAGES}
        zh, en = (
            say(view.expression, labels, each, values=shown[each], subject=view.label, result=result[each])
            for each in LANGUAGES
        )
        return Trace(
            address=self._address(address),
            kind="result",
            says=Label(zh, en),
            value=None if value is None else plain(value),
            unit=view.unit,
            year=self.balance.year,
            expression=str(view.expression),
            typeset=typeset(view.expression, symbols, values=shown["zh"], subject=view.symbol, result=result["zh"]),
            inputs=tuple(dict.fromkeys(one.address for one in inputs.values())),
            source=view.source,
            grade=_worst([view.grade, *(one.grade for one in inputs.values())]),
            note=_noted(view, lacking),
        )

    def _symbol(self, part: str) -> str:
        bare = part.removeprefix(BASE)
        book = self.book
        known: dict[str, Sum | Single | View] = {**book.sums, **book.singles, **book.views}
        symbol = book.choices[bare].symbol if bare in book.choices else known[bare].symbol
        return f"{symbol}0" if part != bare else symbol

    def _unknown(self, name: str, label: Label, text: str, needed: str) -> Value:
        note = Label(f"未知：没有 {needed} 的数据", f"unknown: there are no facts for {needed}")
        address = self._address(f"unknown.{name}")
        return Value(
            name,
            label,
            None,
            None,
            text,
            Trace(address, "assumption", label, None, text, self.balance.year, note=note),
            (label,),
        )

    def _address(self, name: str) -> str:
        return f"balances/{name}.{self.balance.year}"


def _amount(cell: Cell, made: Sum) -> Decimal | None:
    if made.measure == PHYSICAL:
        return convert(cell.fact["value"], cell.fact["unit"], made.unit)
    value = cell.at(made.measure)
    return None if value is None else convert(value, TCE, made.unit)


def _cell_address(cell: Cell, made: Sum, year: int) -> str:
    if made.measure == PHYSICAL:
        return f"facts/{cell.fact['fact']}"
    apart = made.measure == EQUIVALENT and cell.equivalent != cell.calorific
    return f"balances/cell.{cell.id}.equivalent.{year}" if apart else f"balances/cell.{cell.id}.{year}"


def _evaluate(view: View, known: Mapping[str, Decimal], inputs: Mapping[str, Value]) -> Decimal | None:
    scale = check_unit(
        view.expression, {part: unit(value.unit) for part, value in inputs.items()}, unit(view.unit), where=view.id
    )
    try:
        value = evaluate_exact(view.expression, known, where=view.id)
    except FormulaError:
        return None
    with localcontext() as context:
        context.prec = _DIGITS
        return value * Decimal(scale.numerator) / Decimal(scale.denominator)


def _shown(inputs: Mapping[str, Value], language: str) -> dict[str, str]:
    return {part: _text(one.value, one.unit, language) for part, one in inputs.items()}


def _text(value: Decimal | None, text: str, language: str) -> str:
    if value is None:
        return "未知" if language == "zh" else "unknown"
    return f"{plain(value)} {unit(text).read('zh' if language == 'zh' else 'en')}".strip()


def _summed(made: Sum, count: int) -> Label:
    if not count:
        return Label(f"{made.label.zh}：表中没有数，不计", f"{made.label.en}: nothing is printed, so nothing is added")
    return Label(f"{made.label.zh}：{count} 格之和", f"{made.label.en}: sum of {count} cells")


def _incomplete(lost: tuple[Label, ...]) -> Label:
    zh, en = "、".join(label.zh for label in lost), ", ".join(label.en for label in lost)
    return Label(f"不完整，缺少：{zh}", f"incomplete, lacking {en}")


def _noted(view: View, lacking: tuple[Label, ...]) -> Label | None:
    notes = [view.note] if view.note else []
    if view.grade == "provisional":
        notes.append(
            Label(
                "口径暂定：统计部门通行做法，凭记忆，未见文本",
                "provisional: practice of the statistics office, from memory, no text seen",
            )
        )
    if lacking:
        notes.append(_incomplete(lacking))
    return Label("；".join(n.zh for n in notes), "; ".join(n.en for n in notes)) if notes else None


def _worst(grades: list[str]) -> str:
    return max(grades, key=EVIDENCE.index)
