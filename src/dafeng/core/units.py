"""Units of measurement: reading them, their algebra, exact conversion.

Invariant: two quantities convert only if they have the same dimension *and* species (tCO2, tCO2e, tC and t
never cancel), and a conversion there and back gives the same digits. Everything is arithmetic with fractions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from importlib.resources import files
from threading import Lock

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dafeng.core.dimensions import ONE, Atom, Dimensions, Unit, mismatch
from dafeng.core.errors import UnitError
from dafeng.core.grammar import Part, split
from dafeng.core.labels import Label
from dafeng.core.numbers import to_decimal
from dafeng.core.ratios import find_ratios
from dafeng.core.spellings import Named, atom_of, definitions, index, named, refuse, scale_number, scale_text

__all__ = [
    "ONE",
    "Unit",
    "UnitTable",
    "conversion",
    "convert",
    "convert_array",
    "family",
    "known_units",
    "ratio",
    "read_units",
    "same_dimension",
    "share",
    "unit",
]

_READING = Lock()
_LARGEST = 300


@dataclass(frozen=True, slots=True)
class UnitTable:
    """Units that are known.

    Parameters
    ----------
    named : mapping
        Entry for each symbol.
    spellings : mapping
        Symbol for each spelling.
    ratios : mapping
        Size and dimensions of each base name.
    """

    named: Mapping[str, Named]
    spellings: Mapping[str, str]
    ratios: Mapping[str, tuple[Fraction, Dimensions]]

    def unit(self, text: str) -> Unit:
        """Unit from its text.

        Parameters
        ----------
        text : str
            A spelling of this table, or several with ``* / ^ ( )`` and numbers.

        Returns
        -------
        Unit
            The unit.

        Raises
        ------
        UnitError
            If the text is no unit of this table.
        """
        made = ONE
        for part in split(text, self.spellings):
            made = made * self._unit(part)
        return made

    def family(self, text: str) -> str:
        """Symbol of the unprefixed unit that a simple unit is a multiple of.

        Parameters
        ----------
        text : str
            A unit.

        Returns
        -------
        str
            ``W`` for 万千瓦; empty for a composed unit.
        """
        parts = split(text, self.spellings)
        simple = len(parts) == 1 and parts[0].power == 1 and parts[0].symbol
        return self.named[parts[0].symbol].family if simple else ""

    def _unit(self, part: Part) -> Unit:
        if not part.symbol:
            text = scale_number(part.scale)
            return Unit(part.scale**part.power, (), (Atom(text, Label(text, text), part.power),))
        scale, entry = self._settle(part)
        ratio, dimensions = self.ratios[entry.base]
        power = part.power
        powers = tuple((name, exponent * power) for name, exponent in dimensions)
        return Unit((scale * entry.multiple * ratio) ** power, powers, (atom_of(scale, entry, power),))

    def _settle(self, part: Part) -> tuple[Fraction, Named]:
        """Take ``10^6 t`` for the Mt that has a name of its own."""
        entry = self.named[part.symbol]
        symbol = self.spellings.get(scale_text(part.scale) + entry.label.zh, part.symbol)
        return (part.scale, entry) if symbol == part.symbol else (Fraction(1), self.named[symbol])


def read_units(units: str, species: str) -> UnitTable:
    """Known units from the texts of two tables.

    Parameters
    ----------
    units : str
        CSV ``name,symbol,definition,zh,en,spellings,prefixes,…``; definitions refer to names.
    species : str
        CSV ``symbol,zh,en,spellings,…``: substances whose mass is a dimension of its own.

    Returns
    -------
    UnitTable
        The units.

    Raises
    ------
    UnitError
        If a name, symbol or spelling is defined twice, or a definition cannot be read.
    """
    entries = tuple(named(units, species))
    spellings = index(entries)
    return UnitTable({entry.symbol: entry for entry in entries}, spellings, find_ratios(definitions(units, species)))


def unit(text: str) -> Unit:
    """Unit from its text.

    Parameters
    ----------
    text : str
        Chinese or English: 万千瓦, GW, 亿千瓦时, 吨标准煤, ``gce/kWh``, ``10^4 tCO2``, ``kg/(m2*a)``, ``%``, ``1`` …

    Returns
    -------
    Unit
        The unit; ``str`` of it is the canonical text.

    Raises
    ------
    UnitError
        If the text is no known unit.
    """
    return _cached(text) if len(text) <= _LARGEST else _table().unit(text)


def same_dimension(first: str | Unit, second: str | Unit) -> bool:
    """Whether two units measure the same thing.

    Parameters
    ----------
    first, second : str or Unit
        Two units.

    Returns
    -------
    bool
        True if quantities in them can be converted into one another.
    """
    return _unit(first).dimensions == _unit(second).dimensions


def ratio(source: str | Unit, target: str | Unit) -> Fraction:
    """Exact number of target units in one source unit.

    Parameters
    ----------
    source, target : str or Unit
        Two units of the same dimension and species.

    Returns
    -------
    Fraction
        The factor.

    Raises
    ------
    UnitError
        If they differ in dimension or species.
    """
    one, other = _unit(source), _unit(target)
    if one.dimensions != other.dimensions:
        raise mismatch(one, other)
    return one.ratio / other.ratio


@lru_cache(maxsize=4096)
def conversion(source: str | Unit, target: str | Unit) -> Decimal:
    """Number of target units in one source unit.

    Parameters
    ----------
    source, target : str or Unit
        Two units of the same dimension and species.

    Returns
    -------
    Decimal
        Exact where it has a decimal form of at most 60 digits, else 60 digits (`ratio` is always exact).

    Raises
    ------
    UnitError
        If they differ in dimension or species.
    """
    return to_decimal(ratio(source, target))


def convert(value: Decimal, source: str | Unit, target: str | Unit) -> Decimal:
    """Same quantity in another unit.

    Parameters
    ----------
    value : Decimal
        Finite number. [source]
    source, target : str or Unit
        Two units of the same dimension and species.

    Returns
    -------
    Decimal
        The quantity [target]: exact where it has a decimal form of at most 60 digits, else 60 digits; converting
        a value of at most 40 digits back gives the same digits.

    Raises
    ------
    UnitError
        If they differ in dimension or species, or the value is not finite.
    """
    if not value.is_finite() or abs(value.adjusted()) > _LARGEST:
        raise _no_number(value)
    return to_decimal(Fraction(value) * ratio(source, target))


def convert_array(values: ArrayLike, source: str | Unit, target: str | Unit) -> NDArray[np.float64]:
    """Same quantities in another unit, as floating-point numbers.

    Parameters
    ----------
    values : (...) array
        Numbers; missing ones (nan) stay missing. [source]
    source, target : str or Unit
        Two units of the same dimension and species.

    Returns
    -------
    (...) array
        The quantities. [target]

    Raises
    ------
    UnitError
        If they differ in dimension or species.
    """
    factor = ratio(source, target)
    numbers = np.asarray(values, dtype=np.float64)
    if factor.numerator == 1:
        return np.asarray(numbers / float(factor.denominator))
    return np.asarray(numbers * float(factor))


def share(value: Decimal, source: str | Unit) -> Decimal:
    """Share between 0 and 1 from a percentage or a share.

    Parameters
    ----------
    value : Decimal
        The figure. [source]
    source : str or Unit
        A pure number: ``%``, ``‰``, ``1`` …

    Returns
    -------
    Decimal
        The share, 0..1. [1]

    Raises
    ------
    UnitError
        If it is no pure number, or lies outside 0..1.
    """
    part = convert(value, source, ONE)
    if not 0 <= part <= 1:
        raise refuse(
            Label(f"{value} {_unit(source)} 不是 0 到 1 之间的份额", f"{value} {_unit(source)} is no share between 0 and 1"),
            where=str(value),
            expected=Label("0% 至 100%", "0 % to 100 %"),
            remedy=Label(
                "核对数值与单位；增长率和比值不是份额", "check value and unit; a rate of growth or a ratio is no share"
            ),
        )
    return part


def family(text: str) -> str:
    """Symbol of the unprefixed unit that a simple unit is a multiple of.

    Parameters
    ----------
    text : str
        A unit.

    Returns
    -------
    str
        ``W`` for 万千瓦, ``gCO2`` for Mt CO2; empty for a composed unit.

    Raises
    ------
    UnitError
        If the text is no known unit.
    """
    return _table().family(text)


def known_units() -> Mapping[str, Label]:
    """All units with a name of their own.

    Returns
    -------
    mapping
        Label for each symbol, prefixed ones included.
    """
    return {symbol: entry.label for symbol, entry in _table().named.items()}


@lru_cache(maxsize=4096)
def _cached(text: str) -> Unit:
    return _table().unit(text)


def _unit(given: str | Unit) -> Unit:
    return given if isinstance(given, Unit) else unit(given)


def _table() -> UnitTable:
    with _READING:
        return _own_table()


@cache
def _own_table() -> UnitTable:
    folder = files("dafeng") / "data" / "classes"
    return read_units((folder / "units.csv").read_text("utf-8"), (folder / "species.csv").read_text("utf-8"))


def _no_number(value: Decimal) -> UnitError:
    return refuse(
        Label(f"“{value}”不是可换算的数", f"'{value}' is no number that can be converted"),
        where=str(value),
        expected=Label("有限的十进制数", "a finite decimal number"),
        remedy=Label("缺失的数留空，不要写 NaN", "leave a missing figure out; do not write NaN"),
    )
