"""What a method is: its equations, inputs, factors, editions and the cells it is applied to.

Invariant: every equation of a loaded method is linear in its activity and has the declared unit in every variant of
its inputs; a wrong unit or name in a definition is refused when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from dafeng.core.labels import Label
from dafeng.formula import Expression

By = Literal["carrier", "flow"]
"""Part of an activity that names the substance of a factor."""
Of = Literal["here", "flow"]
"""Whose factor it is: that of the place itself, or of the place that the flow of the facts names (a supplier)."""
Years = Literal["this", "earlier", "previous"]
"""Years whose facts a category counts."""
Effect = Literal["emission", "removal", "either"]
"""Sign of what a positive activity gives."""
BALANCE = "balance"
"""Indicator of a cell of an energy balance."""
PLAIN = frozenset({"co2", "co2_indirect", "co2_location", "energy"})
"""Quantities that results do not name in their ids: no two of them share a category."""
BESIDE = frozenset({"co2_indirect", "co2_location", "co2_purchased", "co2_reference", "co2_traded", "co2_unit", "energy"})
"""Quantities that stand beside the emissions of a place itself and are never added to them."""
YEAR = "a"
"""Unit of times."""
TIMES: Mapping[str, Label] = {
    "age": Label("距填埋或投用的年数", "years since it was laid down"),
    "interval": Label("与上一次清查相隔的年数", "years since the previous survey"),
}
"""Times that the engine itself hands to an equation, with their names in words. [a]"""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A named quantity in an equation.

    Parameters
    ----------
    name : str
        Name in the equation.
    label : Label
        Name in words.
    symbol : str
        Symbol in print.
    """

    name: str
    label: Label
    symbol: str


@dataclass(frozen=True, slots=True)
class FactorNeed:
    """A factor that an equation needs.

    Parameters
    ----------
    name : str
        Name in the equation.
    parameter, purpose : str
        Part of the key of the factor library.
    substance : str or None
        Substance of the key; ``None`` takes it from the activity.
    by : {"carrier", "flow"}
        Part of the activity that the substance is taken from: what is used, or how it is treated; where the facts say no
        treatment, ``substance`` stands.
    of : {"here", "flow"}
        Place of the key: that of the facts, or the one that their flow names; the nation where it names none.
    """

    name: str
    parameter: str
    purpose: str
    substance: str | None
    by: By = "carrier"
    of: Of = "here"

    def asked(self, carrier: str, flow: str | None) -> str:
        """Substance of the key for an activity.

        Parameters
        ----------
        carrier : str
            Carrier of the activity.
        flow : str or None
            Its flow.

        Returns
        -------
        str
            Substance; empty where nothing names one.
        """
        return (flow or self.substance or "") if self.by == "flow" else (self.substance or carrier)

    @property
    def by_flow(self) -> bool:
        """Whether facts of different flows have different factors."""
        return self.by == "flow" or self.of == "flow"


@dataclass(frozen=True, slots=True)
class Constant:
    """A number of nature or arithmetic in an equation.

    Parameters
    ----------
    name : str
        Name in the equation.
    value : Decimal
        Value. [unit]
    unit : str
        Unit.
    label : Label
        Name in words.
    """

    name: str
    value: Decimal
    unit: str
    label: Label


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a method: which equation, and where its factors stand.

    Parameters
    ----------
    id : str
        Id.
    equation : str
        Id of the equation.
    standard : str
        Standard of the factor library.
    fallback : tuple of str
        Standards searched next, in order.
    otherwise : str or None
        Edition used for a cell whose factors this one lacks.
    label : Label
        Name in words.
    """

    id: str
    equation: str
    standard: str
    fallback: tuple[str, ...]
    otherwise: str | None
    label: Label


@dataclass(frozen=True, slots=True)
class Category:
    """One category of results and the facts that make its activity.

    Parameters
    ----------
    id : str
        Id, e.g. ``energy.industry``.
    label : Label
        Name in words.
    indicator : str
        Indicator of the facts; ``balance`` for cells of an energy balance.
    plus, minus : tuple of str
        Rows of the balance that are added and subtracted as printed.
    instead_of : tuple of str
        Rows of the balance that take precedence: the category is used only for carriers that have none of them. For any
        other indicator: indicators whose facts take precedence, so that nothing counts twice.
    carrier : str or None
        Carrier of the facts where they name none.
    years : {"this", "earlier", "previous"}
        Years whose facts count: the year itself; every earlier year, each as a cell of its own with its ``age``; or
        the latest earlier year.
    deduct : bool
        Whether the facts are subtracted: gas recovered, carbon kept in products, a stock of before.
    absolute : bool
        Whether rows under ``minus`` count by their size: an input that lost its minus in print is burnt all the same.
    rest : bool
        Whether it is what the parts of a total leave: counted where the facts lack one of the parts for every carrier (a
        row that was not delivered or not recognised), or lack all of them for the carrier.
    editions : tuple of str
        Editions that count it; empty for all.
    """

    id: str
    label: Label
    indicator: str
    plus: tuple[str, ...]
    minus: tuple[str, ...]
    instead_of: tuple[str, ...]
    carrier: str | None
    years: Years = "this"
    deduct: bool = False
    absolute: bool = False
    rest: bool = False
    editions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Carriers that are left out of some categories, with the reason.

    Parameters
    ----------
    carriers : tuple of str
        Carriers; empty for all.
    categories : tuple of str
        Categories in which they are left out; empty for all.
    says : Label
        Why.
    """

    carriers: tuple[str, ...]
    categories: tuple[str, ...]
    says: Label


@dataclass(frozen=True, slots=True)
class Closing:
    """A sum that the facts must close before the method may be trusted.

    Parameters
    ----------
    total : str
        Row of the balance.
    parts : tuple of str
        Rows that add up to it.
    tolerance : Decimal
        Difference allowed. [unit of the fact]
    """

    total: str
    parts: tuple[str, ...]
    tolerance: Decimal


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example that runs as a test.

    Parameters
    ----------
    edition : str
        Edition.
    carrier : str
        Carrier of the activity.
    category : str
        Category of the result.
    place : str
        Administrative code.
    year : int
        Year.
    value : Decimal
        Activity. [unit]
    unit : str
        Unit of the activity.
    given : tuple of (str, Decimal, str)
        Name, value and unit of factors that the example brings along instead of the library's.
    result : Decimal
        Expected result. [unit of the method]
    tolerance : Decimal
        Relative difference allowed.
    by : str
        Who computed it: a source id, or the hand calculation.
    flow : str or None
        Flow of the facts, where a factor is found by it.
    earlier : tuple of (int, Decimal)
        Activity of earlier years. [unit]
    provisional : bool
        Whether it uses factors of weak evidence.
    """

    edition: str
    carrier: str
    category: str
    place: str
    year: int
    value: Decimal
    unit: str
    given: tuple[tuple[str, Decimal, str], ...]
    result: Decimal
    tolerance: Decimal
    by: str
    flow: str | None = None
    earlier: tuple[tuple[int, Decimal], ...] = ()
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Method:
    """One accounting method.

    Parameters
    ----------
    id : str
        Id.
    title, summary : Label
        Name and what it covers.
    quantity : str
        What is computed: a gas (``co2``, ``ch4``, ``cf4`` …), ``co2_indirect``, ``energy``.
    effect : {"emission", "removal", "either"}
        Sign of the result of a positive activity.
    unit : str
        Unit of the results.
    source : str
        Source id.
    clause : str
        Clause in the source.
    activity : Quantity
        The input in which every equation is linear.
    variants : tuple of mapping
        Units of the inputs in each variant (by mass, by volume …).
    factors : mapping of str to FactorNeed
        Factors by name in the equations.
    constants : mapping of str to Constant
        Constants by name in the equations.
    equations : mapping of str to Expression
        Equations by id.
    editions : mapping of str to Edition
        Editions by id, newest first.
    categories : tuple of Category
        Where the method is applied.
    carriers : tuple of str
        Carriers it is applied to; empty for all.
    elsewhere : tuple of str
        Carriers of the same table that belong to other methods.
    exclusions : tuple of Exclusion
        What is left out, with reasons.
    closings : tuple of Closing
        Sums that the facts must close.
    examples : tuple of Example
        Worked examples.
    history : int
        Years before the year that should have facts. [a]
    """

    id: str
    title: Label
    summary: Label
    quantity: str
    effect: Effect
    unit: str
    source: str
    clause: str
    activity: Quantity
    variants: tuple[Mapping[str, str], ...]
    factors: Mapping[str, FactorNeed]
    constants: Mapping[str, Constant]
    equations: Mapping[str, Expression]
    editions: Mapping[str, Edition]
    categories: tuple[Category, ...]
    carriers: tuple[str, ...]
    elsewhere: tuple[str, ...]
    exclusions: tuple[Exclusion, ...]
    closings: tuple[Closing, ...]
    examples: tuple[Example, ...]
    history: int = 0

    @property
    def default(self) -> str:
        """Id of the edition used where none is chosen: the first."""
        return next(iter(self.editions))

    def within(self, edition: str) -> Method:
        """The method with only the categories that an edition counts.

        Parameters
        ----------
        edition : str
            Id of an edition.

        Returns
        -------
        Method
            The same method with fewer categories.
        """
        return replace(self, categories=tuple(c for c in self.categories if not c.editions or edition in c.editions))
