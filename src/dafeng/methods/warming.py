"""Gases as carbon dioxide equivalents, by the potentials of one named standard.

Invariant: the standard is an argument, never a number in code; a gas without a potential is an error that names it,
and a figure that came as CO2e stays "gases unknown" and never fills the CO2 column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

import pyarrow as pa

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.core.units import conversion
from dafeng.library.factor import NATION
from dafeng.library.factors import FactorLibrary
from dafeng.methods.explanation import factor_trace

_DIGITS = 60
CARBON_DIOXIDE = frozenset({"co2", "co2_indirect", "co2_location", "co2_biogenic"})
"""Quantities that are carbon dioxide; its potential is one in every standard."""
MIXTURE = "co2e"
"""Quantity of figures that came as CO2e: their gases are unknown."""


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A result as carbon dioxide equivalent.

    Parameters
    ----------
    result : str
        Id of the result.
    gas : str
        Gas; ``unknown`` for a figure that came as CO2e.
    mass : Decimal or None
        Mass of the gas; ``None`` where the gases are unknown. [t of the gas]
    value : Decimal
        Equivalent. [tCO2e]
    standard : str
        Standard whose potential was used; empty for CO2 and for figures that came as CO2e.
    label : Label
        The gas in words.
    """

    result: str
    gas: str
    mass: Decimal | None
    value: Decimal
    standard: str
    label: Label


@dataclass(frozen=True, slots=True)
class Potential:
    """What one tonne of a gas counts.

    Parameters
    ----------
    gas : str
        Gas.
    species : str
        Unit of its mass.
    value : Decimal
        Potential. [tCO2e/t]
    address : str or None
        Address of its trace; ``None`` where the potential is one by definition.
    trace : Trace or None
        How it was found.
    """

    gas: str
    species: str
    value: Decimal
    address: str | None
    trace: Trace | None


def is_gas(quantity: str, library: FactorLibrary) -> bool:
    """Whether a quantity is a greenhouse gas.

    Parameters
    ----------
    quantity : str
        Quantity of a method.
    library : FactorLibrary
        Names of substances.

    Returns
    -------
    bool
        False for energy.
    """
    return quantity in CARBON_DIOXIDE or quantity == MIXTURE or ("substance", quantity) in library.names


def gas_label(gas: str, library: FactorLibrary) -> Label:
    """Name of a gas.

    Parameters
    ----------
    gas : str
        Quantity of a method.
    library : FactorLibrary
        Names.

    Returns
    -------
    Label
        Name in words.
    """
    if gas == MIXTURE:
        return Label("气体构成未知", "gases unknown")
    return library.label("quantity" if ("quantity", gas) in library.names else "substance", gas)


def find_potentials(gases: Iterable[str], library: FactorLibrary, *, standard: str, year: int) -> Mapping[str, Potential]:
    """Potentials of some gases by one standard.

    Parameters
    ----------
    gases : iterable of str
        Quantities of methods.
    library : FactorLibrary
        Potentials.
    standard : str
        Standard of the potentials.
    year : int
        Year of the inventory.

    Returns
    -------
    mapping of str to Potential
        Potential by gas.

    Raises
    ------
    LookupFailure
        If the standard has no potential for a gas; the message names it.
    """
    return {gas: _potential(gas, library, standard, year) for gas in sorted(gases)}


def _potential(gas: str, library: FactorLibrary, standard: str, year: int) -> Potential:
    if gas in CARBON_DIOXIDE or gas == MIXTURE:
        return Potential(gas, "tCO2" if gas in CARBON_DIOXIDE else "tCO2e", Decimal(1), None, None)
    match = library.look_up(gas, "warming_potential", "warming", standard, NATION, year)
    trace = factor_trace(match, year)
    return Potential(gas, match.factor.unit.removeprefix("tCO2e/"), match.value, trace.address, trace)


def equivalents(results: pa.Table, library: FactorLibrary, *, standard: str) -> tuple[Equivalent, ...]:
    """Results of gases as carbon dioxide equivalents.

    Parameters
    ----------
    results : pyarrow.Table
        Rows as ``core.tables.RESULTS``; quantities that are no gas (energy, indirect CO2) are passed over.
    library : FactorLibrary
        Potentials.
    standard : str
        Standard of the potentials: ``sar``, ``ar4``, ``ar5``, ``ar6``.

    Returns
    -------
    tuple of Equivalent
        One per result of a gas.

    Raises
    ------
    LookupFailure
        If the standard has no potential for a gas.
    """
    found = []
    with localcontext() as context:
        context.prec = _DIGITS
        for row in results.to_pylist():
            quantity = row["quantity"]
            if quantity == "co2":
                mass = row["value"] * conversion(row["unit"], "tCO2")
                found.append(_equivalent(row["result"], quantity, mass, mass, "", library))
            elif quantity == "co2e":
                found.append(_unknown(row["result"], row["value"] * conversion(row["unit"], "tCO2e")))
            elif ("substance", quantity) in library.names:
                match = library.look_up(quantity, "warming_potential", "warming", standard, NATION, int(row["period"][:4]))
                species = match.factor.unit.removeprefix("tCO2e/")
                mass = row["value"] * conversion(row["unit"], species)
                found.append(_equivalent(row["result"], quantity, mass, mass * match.value, standard, library))
    return tuple(found)


def total(found: Iterable[Equivalent], *, gas: str | None = None) -> Decimal:
    """Sum of equivalents.

    Parameters
    ----------
    found : iterable of Equivalent
        Equivalents of one standard.
    gas : str, optional
        Only this gas.

    Returns
    -------
    Decimal
        Sum. [tCO2e]
    """
    with localcontext() as context:
        context.prec = _DIGITS
        return sum((e.value for e in found if gas in (None, e.gas)), Decimal(0))


def _equivalent(result: str, gas: str, mass: Decimal, value: Decimal, standard: str, library: FactorLibrary) -> Equivalent:
    return Equivalent(result, gas, mass, value, standard, library.label("substance", gas))


def _unknown(result: str, value: Decimal) -> Equivalent:
    return Equivalent(result, "unknown", None, value, "", Label("气体构成未知", "gases unknown"))
