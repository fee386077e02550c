"""Error propagation (approach 1 of the IPCC), with what is the same input in several cells correlated.

Invariant: contributions to a variance add up to one; a net near zero has a finite absolute interval and no relative one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dafeng.formula import evaluate
from dafeng.methods.distribution import Floats
from dafeng.methods.kernels import KERNELS
from dafeng.methods.uncertain import Composition, Model, Subject

_STEP = 1e-5
RowKey = tuple[int, str, str]
"""Year, category and gas."""


@dataclass(frozen=True, slots=True)
class Sensitivities:
    """What one part of an input's ratio does to each row of an inventory.

    Parameters
    ----------
    rows : mapping of (year, category, gas) to array
        Change of the row per change of each input's ratio by one, in the order of the model's inputs. [tCO2e]
    deviations : (inputs,) array
        Standard deviations of the ratios. [1]
    subjects : tuple of Subject
        What each input is.
    """

    rows: Mapping[RowKey, Floats]
    deviations: Floats
    subjects: tuple[Subject, ...]

    def total(self, year: int) -> Floats:
        """What each input does to the sum of a year.

        Parameters
        ----------
        year : int
            Year.

        Returns
        -------
        (inputs,) array
            Change per change of the ratio by one. [tCO2e]
        """
        found = np.zeros_like(self.deviations)
        for key, row in self.rows.items():
            if key[0] == year:
                found = found + row
        return found

    def deviation(self, effect: Floats, *, among: tuple[Subject, ...] = ("activity", "factor", "pedigree")) -> float:
        """Standard deviation of a quantity.

        Parameters
        ----------
        effect : (inputs,) array
            What each input does to it. [any one unit]
        among : tuple of Subject
            Inputs that vary.

        Returns
        -------
        float
            Standard deviation. [the same]
        """
        chosen = np.array([subject in among for subject in self.subjects], dtype=bool)
        return float(np.sqrt(np.sum((effect * self.deviations * chosen) ** 2)))

    def shares(self, part: Floats, whole: Floats) -> Floats:
        """Contribution of each input, through a part, to the variance of the whole.

        Parameters
        ----------
        part, whole : (inputs,) array
            What each input does to the part and to the whole. [any one unit]

        Returns
        -------
        (inputs,) array
            Shares; over inputs and parts they add up to 1; nan where the whole is certain. [1]
        """
        variance = np.sum((whole * self.deviations) ** 2)
        with np.errstate(all="ignore"):
            return np.asarray(part * whole * self.deviations**2 / variance)


def propagate(model: Model) -> Sensitivities:
    """Sensitivities of all rows of an inventory.

    Parameters
    ----------
    model : Model
        The inventory.

    Returns
    -------
    Sensitivities
        First order: exact for what an input multiplies, a difference quotient for what it does otherwise.
    """
    at = {key: number for number, key in enumerate(model.inputs)}
    derived = {key: _derive(composition) for key, composition in model.compositions.items()}
    rows: dict[RowKey, Floats] = {}
    for term in model.terms:
        row = rows.setdefault(term.row, np.zeros(len(at)))
        composed, slopes = derived[term.composition]
        weight = float(term.weight)
        amount = sum(part for _, part in term.parts)
        for key, part in term.parts:
            row[at[key]] += weight * composed * part
        for key, slope in slopes.items():
            row[at[key]] += weight * slope * amount
        row[at[term.pedigree]] += weight * composed * amount
    deviations = np.array([one.deviation for one in model.inputs.values()])
    return Sensitivities(dict(sorted(rows.items())), deviations, tuple(one.subject for one in model.inputs.values()))


def _derive(composition: Composition) -> tuple[float, Mapping[str, float]]:
    """Composed factor, and its change per change of each factor's ratio by one."""
    names = list(composition.factors)
    values: dict[str, Floats | float] = dict(composition.fixed)
    for number, name in enumerate(names):
        stated = composition.factors[name][1]
        tried = np.full(2 * len(names) + 1, stated)
        tried[1 + 2 * number] *= 1 + _STEP
        tried[2 + 2 * number] *= 1 - _STEP
        values[name] = tried
    found = np.atleast_1d(evaluate(composition.expression, values, kernels=KERNELS, where=composition.where))
    slopes: dict[str, float] = {}
    for number, name in enumerate(names):
        slope = composition.scale * float(found[1 + 2 * number] - found[2 + 2 * number]) / (2 * _STEP)
        key = composition.factors[name][0]
        slopes[key] = slopes.get(key, 0.0) + slope
    return composition.scale * float(found[0]), slopes
