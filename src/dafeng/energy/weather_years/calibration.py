"""Capacity profiles brought to published full-load hours, with what they were before.

Invariant: the hours before and after, the stated figure and the one factor between them are kept together; nothing is
corrected silently.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.energy.weather_years.figures import Figure

FACTORS = (0.4, 2.5)
"""Least and greatest correction that still counts as one."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a profile was brought to stated full-load hours.

    Parameters
    ----------
    profile : str
        Profile.
    stated : Figure or None
        Published or assumed hours; ``None`` where there are none and the factor is that of ``of``.
    of : str
        Profile whose factor was found: itself, or the one it follows.
    before, after : float
        Full-load hours without and with the factor, in the mean of the reference years. [h]
    factor : float
        Correction of the wind speed or of the solar output. [1]
    """

    profile: str
    stated: Figure | None
    of: str
    before: float
    after: float
    factor: float

    @property
    def says(self) -> Label:
        """The correction in words."""
        change = f"{self.before:.0f} → {self.after:.0f} h, × {self.factor:.4f}"
        if self.stated is None:
            return Label(
                f"无公布小时数，沿用 {self.of} 的系数：{change}", f"no published hours, the factor of {self.of}: {change}"
            )
        known = f"{self.stated.value:g} h, {self.stated.grade}, {self.stated.place}, {self.stated.source}"
        return Label(f"按利用小时校准（{known}）：{change}", f"brought to full-load hours ({known}): {change}")


def calibrate(profile: str, stated: Figure, hours: Callable[[float], float]) -> Calibration:
    """Factor that brings a profile to its stated hours.

    Parameters
    ----------
    profile : str
        Profile.
    stated : Figure
        Full-load hours wanted. [h]
    hours : callable
        Full-load hours for a factor; rises with it.

    Returns
    -------
    Calibration
        The factor, to 1e-13, and the hours before and after.

    Raises
    ------
    LookupFailure
        If no factor between 0.4 and 2.5 gives these hours.
    """
    from scipy.optimize import brentq

    least, most = (hours(factor) for factor in FACTORS)
    if not least <= stated.value <= most:
        raise _unreachable(profile, stated, least, most)
    factor = float(brentq(lambda one: hours(one) - stated.value, *FACTORS, xtol=1e-13, rtol=1e-13))
    return Calibration(profile, stated, profile, hours(1.0), hours(factor), factor)


def _unreachable(profile: str, stated: Figure, least: float, most: float) -> LookupFailure:
    return LookupFailure(
        Label(f"{profile}：利用小时 {stated.value:g} 达不到", f"{profile}: {stated.value:g} full-load hours are out of reach"),
        where=f"data/energy/full_load_hours.csv {stated.place}",
        expected=Label(f"{least:.0f} 到 {most:.0f} 小时之间", f"between {least:.0f} and {most:.0f} hours"),
        remedy=Label("核对该地的利用小时与气象参数", "check the place's hours and its weather parameters"),
    )
