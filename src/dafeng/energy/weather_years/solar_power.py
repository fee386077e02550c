"""Solar power: from global light to the output of a tilted plant, for many years at once.

Invariant: in one year and hour the result is what pvlib gives for the same light, air and plant (a test holds it);
shares stay between nothing and everything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dafeng.energy.program import Floats
from dafeng.energy.weather_years.plants import Plant
from dafeng.energy.weather_years.sun import Sun

LOWEST = 0.065
"""Least cosine of the zenith in the clearness index, as in pvlib."""
FLATTEST = 0.01745
"""Least cosine of the zenith in the projection of circumsolar light, as in pvlib."""
DARK = 87.0
"""Zenith beyond which no beam is told apart. [degrees]"""


@dataclass(frozen=True, slots=True, eq=False)
class Daylight:
    """Light in the hours in which the sun is up.

    Parameters
    ----------
    hours : (light,) array of int
        These hours of the year.
    whole, beam, sky : (years, light) array
        Global horizontal, direct normal and diffuse horizontal irradiance. [W/m2]
    """

    hours: NDArray[np.intp]
    whole: Floats
    beam: Floats
    sky: Floats


def split_light(sun: Sun, whole: Floats) -> Daylight:
    """Direct and diffuse part of global light.

    Parameters
    ----------
    sun : Sun
        Sun of the place.
    whole : (years, 8760) array
        Global horizontal irradiance. [W/m2]

    Returns
    -------
    Daylight
        The parts in the hours of light.

    Source
    ------
    Erbs, Klein and Duffie 1982, eq. 1, as in ``pvlib-2023`` (``irradiance.erbs``).
    """
    hours = np.flatnonzero(sun.clear > 0)
    height = np.cos(np.radians(sun.zenith[hours]))
    given = whole[:, hours]
    clearness = np.clip(given / (sun.top[hours] * np.maximum(height, LOWEST)), 0.0, 1.0)
    curve = 0.9511 + clearness * (-0.1604 + clearness * (4.388 + clearness * (-16.638 + clearness * 12.336)))
    share = np.where(clearness <= 0.22, 1.0 - 0.09 * clearness, np.where(clearness <= 0.8, curve, 0.165))
    share = np.where(sun.zenith[hours] > DARK, 1.0, share)
    sky = share * given
    return Daylight(hours, given, (given - sky) / np.maximum(height, 1e-6), sky)


def light_on_plane(sun: Sun, light: Daylight, plant: Plant) -> Floats:
    """Light on the plane of a plant.

    Parameters
    ----------
    sun : Sun
        Sun of the place.
    light : Daylight
        Direct and diffuse light.
    plant : mapping of str to str
        Tilt, azimuth and albedo.

    Returns
    -------
    (years, light) array
        Direct, sky (Hay and Davies) and ground light. [W/m2]

    Source
    ------
    ``pvlib-2023``: ``irradiance.get_total_irradiance`` with ``model="haydavies"``.
    """
    tilt, azimuth = np.radians(float(plant["tilt"])), float(plant["azimuth"])
    zenith = np.radians(sun.zenith[light.hours])
    turned = np.radians(sun.azimuth[light.hours] - azimuth)
    facing = np.maximum(np.cos(tilt) * np.cos(zenith) + np.sin(tilt) * np.sin(zenith) * np.cos(turned), 0.0)
    ratio = facing / np.maximum(np.cos(zenith), FLATTEST)
    around = light.beam / sun.top[light.hours]
    open_sky = (1.0 + np.cos(tilt)) / 2.0
    sky = light.sky * (around * ratio + (1.0 - around) * open_sky)
    ground = light.whole * (float(plant["albedo"]) * (1.0 - np.cos(tilt)) / 2.0)
    found: Floats = light.beam * facing + sky + ground
    return found


def solar_shares(sun: Sun, light: Daylight, air: Floats, plant: Plant, *, factor: float = 1.0) -> Floats:
    """Output of a solar plant over its capacity.

    Parameters
    ----------
    sun : Sun
        Sun of the place.
    light : Daylight
        Direct and diffuse light.
    air : (years, 8760) array
        Air temperature. [°C]
    plant : mapping of str to str
        Its geometry, cell temperature, loss by heat and losses.
    factor : float
        Correction of the output. [1]

    Returns
    -------
    (years, 8760) array
        Shares, 0..1; nothing at night.

    Source
    ------
    ``pvlib-2023``: ``temperature.ross`` and ``pvsystem.pvwatts_dc``.
    """
    on_plane = light_on_plane(sun, light, plant)
    cell = air[:, light.hours] + (float(plant["cell_temperature"]) - 20.0) / 800.0 * on_plane
    warm = 1.0 - float(plant["heat_loss"]) * (cell - 25.0)
    output = on_plane / 1000.0 * warm * (factor * (1.0 - float(plant["losses"])))
    found = np.zeros_like(air)
    found[:, light.hours] = np.clip(output, 0.0, 1.0)
    return found
