"""What a unit measures, and its algebra: multiply, divide, raise, cancel.

Invariant: two units are equal exactly if they have the same size and the same dimensions; the text they were
written with does not count. Multiplication is associative and commutative, and dividing undoes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from importlib.resources import files

from dafeng.core.errors import UnitError
from dafeng.core.labels import Label, Language

Dimensions = tuple[tuple[str, int], ...]
"""Name and exponent of each dimension, sorted by name; empty for a pure number."""


@dataclass(frozen=True, slots=True)
class Atom:
    """One factor of a unit's text.

    Parameters
    ----------
    text : str
        Canonical text: ``kWh``, ``万千瓦``.
    label : Label
        The same in the words of each language.
    power : int
        Exponent, never 0.
    """

    text: str
    label: Label
    power: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measurement; equal to every other spelling of the same size and dimension.

    Parameters
    ----------
    ratio : Fraction
        Size in base units.
    dimensions : tuple of (str, int)
        Dimensions with their exponents, sorted; empty for a pure number.
    atoms : tuple of Atom
        The factors as written; they make the text and do not count for equality.
    """

    ratio: Fraction
    dimensions: Dimensions
    atoms: tuple[Atom, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return _join(tuple((atom.text, atom.power) for atom in self.atoms))

    def __mul__(self, other: Unit) -> Unit:
        return _product(self, other, 1)

    def __truediv__(self, other: Unit) -> Unit:
        return _product(self, other, -1)

    def __pow__(self, power: int) -> Unit:
        atoms = tuple(Atom(a.text, a.label, a.power * power) for a in self.atoms if power)
        return Unit(self.ratio**power, _merge(tuple((n, p * power) for n, p in self.dimensions), ()), atoms)

    def read(self, language: Language) -> str:
        """The unit in the words of one language.

        Parameters
        ----------
        language : {"zh", "en"}
            The language wanted.

        Returns
        -------
        str
            ``克标准煤/千瓦时`` or ``gce/kWh``; ``1`` for a pure number.
        """
        return _join(tuple((atom.label.read(language), atom.power) for atom in self.atoms))


ONE = Unit(Fraction(1), ())
"""The unit of a pure number."""


def measured(dimensions: Dimensions) -> Label:
    """What dimensions are called.

    Parameters
    ----------
    dimensions : tuple of (str, int)
        Dimensions with their exponents.

    Returns
    -------
    Label
        ``质量`` / ``mass``, ``长度^3`` / ``length^3``, ``mass of CO2`` …
    """
    labels = _dimension_labels()
    parts = [(labels.get(name, _species_label(name)), power) for name, power in dimensions]
    return Label(*(_join(tuple((label.read(language), power) for label, power in parts)) for language in ("zh", "en")))


def mismatch(one: Unit, other: Unit) -> UnitError:
    """Make the error for two units that do not measure the same thing.

    Parameters
    ----------
    one, other : Unit
        The units.

    Returns
    -------
    UnitError
        Ready to raise; it names both dimensions, and a density where mass meets volume.
    """
    first, second = measured(one.dimensions), measured(other.dimensions)
    dense = {first.en, second.en} == {"mass", "length^3"}
    zh, en = (
        ("给出该物质有来源的密度（如 kg/m3）再相乘", "multiply by a sourced density of the substance (e.g. in kg/m3)")
        if dense
        else ("乘以一个带单位、有来源的换算常数", "multiply by a constant that has a unit and a source")
    )
    return UnitError(
        Label(
            f"{one}（{first.zh}）不能换算为 {other}（{second.zh}）",
            f"{one} ({first.en}) does not convert to {other} ({second.en})",
        ),
        where=f"{one} → {other}",
        expected=Label("量纲和物质相同的单位", "units of the same dimension and species"),
        remedy=Label(zh, en),
    )


def _species_label(name: str) -> Label:
    kind = name.removeprefix("species_").replace("_", "-")
    return Label(f"{kind}的质量", f"mass of {kind}")


@cache
def _dimension_labels() -> Mapping[str, Label]:
    lines = (files("dafeng") / "data" / "classes" / "dimensions.csv").read_text("utf-8").splitlines()
    return {name: Label(zh, en) for name, zh, en in (line.split(",") for line in lines[1:])}


def _product(first: Unit, second: Unit, sign: int) -> Unit:
    powers = {atom.text: atom.power for atom in first.atoms}
    for atom in second.atoms:
        powers[atom.text] = powers.get(atom.text, 0) + sign * atom.power
    labels = {atom.text: atom.label for atom in (*first.atoms, *second.atoms)}
    atoms = tuple(Atom(text, labels[text], power) for text, power in powers.items() if power)
    dimensions = _merge(first.dimensions, tuple((name, sign * power) for name, power in second.dimensions))
    return Unit(first.ratio * second.ratio**sign, dimensions, atoms)


def _merge(first: Dimensions, second: Dimensions) -> Dimensions:
    powers: dict[str, int] = {}
    for name, power in (*first, *second):
        powers[name] = powers.get(name, 0) + power
    return tuple(sorted((name, power) for name, power in powers.items() if power))


def _join(parts: tuple[tuple[str, int], ...]) -> str:
    above = [_raised(text, power) for text, power in parts if power > 0]
    below = [_raised(text, -power) for text, power in parts if power < 0]
    under = f"({'·'.join(below)})" if len(below) > 1 else "".join(below)
    return "·".join(above) or "1" if not under else f"{'·'.join(above) or '1'}/{under}"


def _raised(text: str, power: int) -> str:
    held = f"({text})" if power > 1 and text[0].isdigit() else text
    return f"{held}^{power}" if power > 1 else text
