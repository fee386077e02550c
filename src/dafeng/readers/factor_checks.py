"""Compare a new factor with the known ones: dimension and power of ten.

Invariant: a check only asks; no value is scaled, and a factor that nothing can be compared with passes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from dafeng.core.units import convert, same_dimension
from dafeng.library.factor import Factor
from dafeng.library.factors import FactorLibrary

ROOM = Decimal("1.5")
"""How far outside the known values one may lie without a question, as a ratio."""
POWERS = range(1, 10)
"""Powers of ten by which a unit may have slipped."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A value that does not lie among the known ones.

    Parameters
    ----------
    rule : {"slip", "unusual"}
        ``slip``: a power of ten away; ``unusual``: otherwise outside.
    known : str
        The known values, with their unit.
    power : int
        Power of ten; 0 where it is none.
    """

    rule: str
    known: str
    power: int


def find_dimension(factor: Factor, found: FactorLibrary) -> str | None:
    """Unit that a factor of this kind has, if the factor's own does not fit.

    Parameters
    ----------
    factor : Factor
        The new factor.
    found : FactorLibrary
        Known factors.

    Returns
    -------
    str or None
        A known unit; ``None`` where the unit fits or nothing is known.
    """
    known = _alike(factor, found) or _of_parameter(factor, found)
    units = list(dict.fromkeys(one.unit for one in known))
    return None if not units or any(same_dimension(factor.unit, text) for text in units) else " / ".join(units[:3])


def find_slip(factor: Factor, found: FactorLibrary) -> Slip | None:
    """A question about a factor's magnitude.

    Parameters
    ----------
    factor : Factor
        The new factor, of the right dimension.
    found : FactorLibrary
        Known factors; those of the same substance, parameter and purpose count, else those of the same parameter and
        purpose.

    Returns
    -------
    Slip or None
        ``None`` where the value lies among the known ones, is zero, or nothing is known.
    """
    known = _values(factor, _alike(factor, found)) or _values(factor, _of_parameter(factor, found))
    if not known or not factor.value:
        return None
    lower, upper, value = min(known), max(known), factor.value
    if _among(value, lower, upper):
        return None
    spread = f"{_short(lower)}–{_short(upper)} {factor.unit}"
    power = next((n * sign for n in POWERS for sign in (1, -1) if _among(value.scaleb(-n * sign), lower, upper)), 0)
    return Slip("slip" if power else "unusual", spread, power)


def _alike(factor: Factor, found: FactorLibrary) -> list[Factor]:
    topic = (factor.substance, factor.parameter, factor.purpose)
    return [one for one in found.factors.values() if (one.substance, one.parameter, one.purpose) == topic]


def _of_parameter(factor: Factor, found: FactorLibrary) -> list[Factor]:
    topic = (factor.parameter, factor.purpose)
    return [one for one in found.factors.values() if (one.parameter, one.purpose) == topic]


def _values(factor: Factor, known: Iterable[Factor]) -> list[Decimal]:
    fitting = [one for one in known if one.value and same_dimension(one.unit, factor.unit)]
    return [convert(one.value, one.unit, factor.unit) for one in fitting if one.value]


def _among(value: Decimal, lower: Decimal, upper: Decimal) -> bool:
    return lower / ROOM <= value <= upper * ROOM


def _short(value: Decimal) -> str:
    return f"{value:.6g}" if abs(value.adjusted()) < 6 else f"{value:.3e}"
