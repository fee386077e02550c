"""A published inventory, cell by cell: what another accountant found for the same place.

Invariant: a cell says what it covers and where it stands; what its publisher did not say is ``None``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PublishedCell:
    """One published emission.

    Parameters
    ----------
    categories : tuple of str
        Categories it covers, or their first parts; empty for all sectors together.
    carrier : str or None
        Fuel or product; ``None`` for all together.
    value : Decimal
        Emission. [tCO2]
    activity : Decimal or None
        Activity, where it was published. [unit]
    unit : str
        Unit of the activity; empty where there is none.
    factor : Decimal or None
        Emission factor, where it was published. [factor_unit]
    factor_unit : str
        Unit of the factor; empty where there is none.
    said : str
        Sector and fuel as printed.
    at : str
        Place of the cell.
    """

    categories: tuple[str, ...]
    carrier: str | None
    value: Decimal
    activity: Decimal | None
    unit: str
    factor: Decimal | None
    factor_unit: str
    said: str
    at: str

    @property
    def key(self) -> tuple[tuple[str, ...], str | None]:
        """Categories and carrier."""
        return self.categories, self.carrier
