"""Indicators of enterprises, computed exactly from delivered figures, and what they are held against.

Invariant: an indicator is known only if every figure that it needs is; why it is unknown is said; each has a trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from dafeng.core.errors import FormulaError
from dafeng.core.labels import Label
from dafeng.core.numbers import plain
from dafeng.core.traces import Cell, Trace, TraceKind
from dafeng.formula.evaluation import evaluate_exact
from dafeng.formula.expression import Expression
from dafeng.formula.parser import parse
from dafeng.work.enterprise_rules import EnterpriseRules
from dafeng.work.enterprise_table import Enterprise, EnterpriseFact, fact_address

PLACES = Decimal("0.000001")
"""Figures are told to six decimals; what follows from them is computed from the exact ones."""


@dataclass(frozen=True, slots=True)
class EnterpriseFigure:
    """A figure of an enterprise account.

    Parameters
    ----------
    enterprise : str
        Id of the enterprise.
    year : int
        The year.
    field : str
        Field, indicator, or what it is held against.
    kind : str
        ``fact``, ``indicator``, ``benchmark``, ``before``, ``part``, ``score`` or ``completion``.
    label : Label
        Name.
    value : Decimal or None
        Value, ``None`` where it is unknown. [unit]
    unit : str
        Its unit.
    address : str
        Address of its trace.
    why : Label or None
        Why it is unknown.
    """

    enterprise: str
    year: int
    field: str
    kind: str
    label: Label
    value: Decimal | None
    unit: str
    address: str
    why: Label | None = None


class EnterpriseBook:
    """Figures of all enterprises of a city, computed when they are asked for, and their traces.

    Parameters
    ----------
    rules : EnterpriseRules
        Definitions.
    enterprises : mapping of str to Enterprise
        By id.
    facts : mapping
        Delivered figures by (enterprise, year, field).
    traces : mapping of str to Trace
        Traces of facts that were not delivered as cells.
    """

    def __init__(
        self,
        rules: EnterpriseRules,
        enterprises: Mapping[str, Enterprise],
        facts: Mapping[tuple[str, int, str], EnterpriseFact],
        traces: Mapping[str, Trace],
    ) -> None:
        self.rules, self.enterprises, self.facts = rules, enterprises, facts
        self.traces: dict[str, Trace] = dict(traces)
        self._found: dict[tuple[str, int, str], EnterpriseFigure] = {}
        self.years: dict[str, list[int]] = {}
        for enterprise, year in sorted({(key[0], key[1]) for key in facts}):
            self.years.setdefault(enterprise, []).append(year)
        self.extremes: dict[tuple[int, str], tuple[EnterpriseFigure, EnterpriseFigure] | None] = {}
        self.parts: dict[tuple[int, str, str], list[EnterpriseFigure]] = {}
        self.benchmarks = {(one.sector, one.indicator, one.year): one for one in rules.own.benchmarks}

    def fact(self, enterprise: str, year: int, field: str) -> EnterpriseFigure:
        """A delivered figure.

        Parameters
        ----------
        enterprise : str
            Id of the enterprise.
        year : int
            The year.
        field : str
            The field.

        Returns
        -------
        EnterpriseFigure
            Unknown where it was not delivered.
        """
        rule, known = self.rules.fields[field], self.facts.get((enterprise, year, field))
        label, address = read_label(rule), fact_address(enterprise, year, field)
        if known is None or known.value is None:
            why = Label(f"没有{year}年{label.zh}", f"no figure of {year}: {label.en}")
            return self.lack((enterprise, year, field, "fact"), label, rule["unit"], why)
        if address not in self.traces:
            says = Label(f"{self.name(enterprise)} {year}年{label.zh}", f"{label.en} of {self.name(enterprise)}, {year}")
            self.trace(address, "fact", says, known.value, rule["unit"], year, grade="reported", cell=known.cell)
        return EnterpriseFigure(enterprise, year, field, "fact", label, known.value, rule["unit"], address)

    def indicator(self, enterprise: str, year: int, name: str) -> EnterpriseFigure:
        """An indicator.

        Parameters
        ----------
        enterprise : str
            Id of the enterprise.
        year : int
            The year.
        name : str
            The indicator.

        Returns
        -------
        EnterpriseFigure
            Unknown where a figure that it needs is.
        """
        key = (enterprise, year, name)
        if key not in self._found:
            self._found[key] = self._indicator(*key)
        return self._found[key]

    def _indicator(self, enterprise: str, year: int, name: str) -> EnterpriseFigure:
        rule = self.rules.indicators[name]
        expression = read_expression(rule["expression"])
        inputs = [self.fact(enterprise, year, field) for field in expression.names]
        label = read_label(rule)
        return self.compute(
            (enterprise, year, name, "indicator"),
            label,
            rule["unit"],
            expression,
            dict(zip(expression.names, inputs, strict=True)),
        )

    def against(self, enterprise: str, year: int, name: str, what: str) -> EnterpriseFigure:
        """An indicator in percent of its sector's benchmark, or of the year before.

        Parameters
        ----------
        enterprise : str
            Id of the enterprise.
        year : int
            The year.
        name : str
            The indicator.
        what : {"benchmark", "before"}
            What it is held against.

        Returns
        -------
        EnterpriseFigure
            In percent; unknown where there is nothing to hold it against.
        """
        value = self.indicator(enterprise, year, name)
        rule = self.rules.comparisons[what]
        label = Label(f"{value.label.zh}{read_label(rule).zh}", f"{value.label.en} {read_label(rule).en}")
        other = self._benchmark(enterprise, year, name) if what == "benchmark" else self._before(enterprise, year, name)
        expression = read_expression(rule["expression"])
        return self.compute((enterprise, year, f"{name}.{what}", what), label, "%", expression, {"value": value, what: other})

    def _before(self, enterprise: str, year: int, name: str) -> EnterpriseFigure:
        return self.indicator(enterprise, year - 1, name)

    def _benchmark(self, enterprise: str, year: int, name: str) -> EnterpriseFigure:
        """The newest benchmark of the sector that is no younger than the year."""
        sector, rule = self.enterprises[enterprise].sector, self.rules.indicators[name]
        fitting = [one for (of, what, at), one in self.benchmarks.items() if of == sector and what == name and at <= year]
        label = Label(
            f"行业 {sector or '—'} {rule['label']['zh']}基准", f"benchmark of sector {sector or '—'}: {rule['label']['en']}"
        )
        if not fitting:
            why = Label(
                f"行业“{sector}”没有{rule['label']['zh']}基准", f"no benchmark of sector '{sector}': {rule['label']['en']}"
            )
            return EnterpriseFigure(enterprise, year, name, "benchmark", label, None, rule["unit"], "", why)
        newest = max(fitting, key=lambda one: one.year)
        address, value = f"enterprise/benchmark.{sector}.{name}.{newest.year}", Decimal(newest.value)
        note = Label(f"{self.rules.place}，{newest.date}", f"{self.rules.place}, {newest.date}")
        self.trace(
            address, "assumption", label, value, rule["unit"], newest.year, source=newest.source, grade="reported", note=note
        )
        return EnterpriseFigure(enterprise, year, name, "benchmark", label, value, rule["unit"], address)

    def compute(
        self,
        key: tuple[str, int, str, str],
        label: Label,
        unit: str,
        expression: Expression,
        inputs: Mapping[str, EnterpriseFigure],
        *,
        constants: Mapping[str, Decimal] | None = None,
    ) -> EnterpriseFigure:
        """A figure made of others.

        Parameters
        ----------
        key : (str, int, str, str)
            Enterprise, year, name and kind.
        label : Label
            Its name.
        unit : str
            Its unit.
        expression : Expression
            How it is computed.
        inputs : mapping of str to EnterpriseFigure
            Figures by the names of the expression.
        constants : mapping of str to Decimal, optional
            Numbers by the names of the expression.

        Returns
        -------
        EnterpriseFigure
            With a trace; unknown, with the reason, where an input is unknown or the expression has no value.
        """
        enterprise, year, field, kind = key
        address = fact_address(enterprise, year, field)
        lacking = next((one for one in inputs.values() if one.value is None), None)
        if lacking is not None:
            why = lacking.why or Label("没有数", "no figure")
            return self.lack(key, label, unit, why, expression=str(expression), inputs=(lacking.address,))
        values = {name: one.value for name, one in inputs.items() if one.value is not None}
        try:
            value = evaluate_exact(expression, {**values, **(constants or {})}, where=field)
        except FormulaError:
            why = Label(f"{expression} 没有值（除数为零）", f"{expression} has no value (division by zero)")
            used = tuple(one.address for one in inputs.values() if one.address)
            return self.lack(key, label, unit, why, expression=str(expression), inputs=used)
        says = Label(f"{self.name(enterprise)} {year}年{label.zh}", f"{label.en} of {self.name(enterprise)}, {year}")
        written = str(expression)
        for name, number in (constants or {}).items():
            written += f"; {name} = {plain(number):f}"
        used = tuple(one.address for one in inputs.values() if one.address)
        self.trace(address, "indicator", says, value, unit, year, expression=written, inputs=used, grade="derived")
        return EnterpriseFigure(enterprise, year, field, kind, label, value, unit, address)

    def lack(
        self,
        key: tuple[str, int, str, str],
        label: Label,
        unit: str,
        why: Label,
        *,
        expression: str | None = None,
        inputs: tuple[str, ...] = (),
    ) -> EnterpriseFigure:
        """A figure that is unknown; its trace says why.

        Parameters
        ----------
        key : (str, int, str, str)
            Enterprise, year, name and kind.
        label : Label
            Its name.
        unit : str
            Its unit.
        why : Label
            Why it is unknown.
        expression : str, optional
            How it would be computed.
        inputs : tuple of str
            Addresses of what it would be computed from.

        Returns
        -------
        EnterpriseFigure
            Without a value.
        """
        enterprise, year, field, kind = key
        address, name = fact_address(enterprise, year, field), self.name(enterprise)
        says = Label(f"{name} {year}年{label.zh}：未知，{why.zh}", f"{label.en} of {name}, {year}: unknown, {why.en}")
        what: TraceKind = "fact" if kind == "fact" else "indicator"
        known = tuple(one for one in inputs if one)
        self.trace(address, what, says, None, unit, year, expression=expression, inputs=known)
        return EnterpriseFigure(enterprise, year, field, kind, label, None, unit, address, why)

    def name(self, enterprise: str) -> str:
        """Name of an enterprise.

        Parameters
        ----------
        enterprise : str
            Its id.

        Returns
        -------
        str
            As last delivered.
        """
        return self.enterprises[enterprise].label.zh

    def trace(
        self,
        address: str,
        kind: TraceKind,
        says: Label,
        value: Decimal | str | None,
        unit: str | None,
        year: int,
        *,
        expression: str | None = None,
        inputs: tuple[str, ...] = (),
        source: str | None = None,
        grade: str | None = None,
        cell: Cell | None = None,
        note: Label | None = None,
    ) -> str:
        """Keep a trace.

        Parameters
        ----------
        address : str
            Its address.
        kind : str
            What it is.
        says : Label
            One sentence.
        value : Decimal, str or None
            The number, or the word of a judgement.
        unit : str or None
            Its unit.
        year : int
            The year.
        expression : str, optional
            How it is computed.
        inputs : tuple of str
            Addresses of what it was made from.
        source, grade : str, optional
            Source and evidence of a stated number.
        cell : Cell, optional
            Where it was delivered.
        note : Label, optional
            Reservations.

        Returns
        -------
        str
            The address.
        """
        text = value if isinstance(value, str) or value is None else tell_number(value)
        self.traces[address] = Trace(
            address, kind, says, text, unit, year, expression, None, inputs, source, grade, cell=cell, note=note
        )
        return address


def tell_number(value: Decimal) -> str:
    """A figure as text.

    Parameters
    ----------
    value : Decimal
        The figure.

    Returns
    -------
    str
        At most six decimals; more where these would all be zero.
    """
    short = value.quantize(PLACES) if value.adjusted() < 50 else value
    return f"{plain(short if short or not value else value.normalize()):f}"


def read_label(rule: Mapping[str, Any]) -> Label:
    """Label of a definition.

    Parameters
    ----------
    rule : mapping
        The definition.

    Returns
    -------
    Label
        Its name.
    """
    return Label(rule["label"]["zh"], rule["label"]["en"])


@lru_cache(maxsize=256)
def read_expression(text: str) -> Expression:
    """An expression, parsed once.

    Parameters
    ----------
    text : str
        As the definition has it.

    Returns
    -------
    Expression
        Its tree.
    """
    return parse(text, where="enterprises")
