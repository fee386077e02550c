"""The inventory as a function of its uncertain inputs: inputs, composed factors and the cells they make.

Invariant: an input without a stated uncertainty is kept as such and never taken for certain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from typing import Literal

import numpy as np

from dafeng.core.labels import Label
from dafeng.formula import Expression
from dafeng.library.pedigree import Scores
from dafeng.library.uncertainty import Stated
from dafeng.methods.distribution import Floats, Spread
from dafeng.methods.inventory import Computed

Subject = Literal["activity", "factor", "pedigree"]
"""What an input is: a fact, a factor, or how well the factors of a cell represent it."""


@dataclass(frozen=True, slots=True)
class Input:
    """One uncertain input.

    Parameters
    ----------
    key : str
        Name of its stream of draws.
    subject : {"activity", "factor", "pedigree"}
        What it is.
    label : Label
        Name in words.
    spreads : tuple of Spread
        Distributions whose product is the ratio of the true value to the stated one.
    stated : Stated or None
        The statement it rests on; ``None`` where nobody stated its uncertainty, or where scores give it.
    evidence : str
        Evidence grade of the statement; empty where there is none.
    scores : tuple of int or None
        Scores of quality; ``None`` for a factor, whose cells are scored as a whole.
    address : str
        Address of the trace of the fact or factor; empty for scores.
    """

    key: str
    subject: Subject
    label: Label
    spreads: tuple[Spread, ...]
    stated: Stated | None
    evidence: str
    scores: Scores | None
    address: str

    @property
    def known(self) -> bool:
        """Whether anybody stated its uncertainty."""
        return self.subject == "pedigree" or bool(self.evidence)

    @property
    def mean(self) -> float:
        """Mean of the ratio. [1]"""
        product = 1.0
        for spread in self.spreads:
            product *= spread.mean
        return product

    @property
    def deviation(self) -> float:
        """Standard deviation of the ratio. [1]"""
        second = 1.0
        for spread in self.spreads:
            second *= spread.mean**2 + spread.deviation**2
        return sqrt(max(second - self.mean**2, 0.0))

    def draw(self, seed: int, count: int) -> Floats:
        """Random ratios.

        Parameters
        ----------
        seed : int
            Seed of the study.
        count : int
            Number of draws.

        Returns
        -------
        (count,) array
            Ratios. [1]
        """
        drawn = [spread.draw(f"{self.key}/{number}", seed, count) for number, spread in enumerate(self.spreads)]
        product = np.ones(count)
        for ratios in drawn:
            product *= ratios
        return product


@dataclass(frozen=True, slots=True)
class Composition:
    """A composed factor as a function of its inputs.

    Parameters
    ----------
    expression : Expression
        Equation of the method.
    where : str
        Method and equation, for messages.
    scale : float
        Unit of the method per unit that the equation gives.
    fixed : mapping of str to float
        Constants, times and the activity of one.
    factors : mapping of str to (str, float)
        Key of the input and stated value by name in the equation.
    """

    expression: Expression
    where: str
    scale: float
    fixed: Mapping[str, float]
    factors: Mapping[str, tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Term:
    """One cell as the product of facts and a composed factor.

    Parameters
    ----------
    cell : Computed
        The cell.
    weight : Decimal
        Greenhouse gas per result. [tCO2e/unit of the method]
    parts : tuple of (str, float)
        Input and signed amount of each fact; they add up to the activity. [unit of the activity]
    composition : str
        Key of the composed factor.
    pedigree : str
        Key of the input that says how well the factors represent the cell.
    """

    cell: Computed
    weight: Decimal
    parts: tuple[tuple[str, float], ...]
    composition: str
    pedigree: str

    @property
    def row(self) -> tuple[int, str, str]:
        """Year, category and gas."""
        return self.cell.year, self.cell.activity.category.id, self.cell.method.quantity

    @property
    def value(self) -> Decimal:
        """Emission, negative for a removal. [tCO2e]"""
        return self.cell.value * self.weight

    def keys(self, model: Model) -> tuple[str, ...]:
        """Inputs of the cell.

        Parameters
        ----------
        model : Model
            The model it belongs to.

        Returns
        -------
        tuple of str
            Keys of its facts, its factors and its scores.
        """
        factors = (key for key, _ in model.compositions[self.composition].factors.values())
        return (*(key for key, _ in self.parts), *factors, self.pedigree)


@dataclass(frozen=True, slots=True)
class Model:
    """An inventory of one or more years as a function of its inputs.

    Parameters
    ----------
    inputs : mapping of str to Input
        Inputs by key, sorted.
    compositions : mapping of str to Composition
        Composed factors by key, sorted.
    terms : tuple of Term
        Cells that are greenhouse gases, sorted by id.
    """

    inputs: Mapping[str, Input]
    compositions: Mapping[str, Composition]
    terms: tuple[Term, ...]
