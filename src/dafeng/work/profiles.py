"""Hourly profiles of a place: made by the weather generator, the user's own in place of them where they are brought.

Invariant: every profile says whether it is measured, derived or synthetic and where it comes from; a correction is shown
with the hours before and after.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from dafeng.core.errors import SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.energy.profiles import HOURS, Profile, Profiles, collect
from dafeng.energy.program import Floats
from dafeng.energy.user_series.import_series import ProfileImport, import_profiles
from dafeng.energy.weather_years.calibration import Calibration
from dafeng.energy.weather_years.ensemble import CLIMATE, LEVELS, NAMES, Ensemble, typical_year, weather_profiles
from dafeng.energy.weather_years.figures import Figure

MOST_VALUES = 5 * 10**8
"""Most values made in one call: four gigabytes."""
__all__ = ["HourlyProfiles", "import_profiles", "profiles", "profiles_document"]


@dataclass(frozen=True, slots=True, eq=False)
class HourlyProfiles:
    """Hourly profiles of a place in one or more years.

    Parameters
    ----------
    place : str
        Administrative code.
    years : tuple of int
        Numbers of the weather years; a number, not a date.
    series : mapping of str to (years, 8760) array
        Values by profile, from 1 January 00:00 Beijing time, without leap day.
    listed : mapping of str to Profile
        What each profile is: unit, origin, source and note, with the values of the first year.
    calibrations : tuple of Calibration
        How made profiles of capacity were corrected.
    figures : mapping of str to Figure
        Weather parameters of the place.
    findings : tuple of Finding
        What was noticed in brought files.
    """

    place: str
    years: tuple[int, ...]
    series: Mapping[str, Floats]
    listed: Mapping[str, Profile]
    calibrations: tuple[Calibration, ...]
    figures: Mapping[str, Figure]
    findings: tuple[Finding, ...]

    def year(self, number: int) -> Profiles:
        """Profiles of one weather year, as the energy model takes them.

        Parameters
        ----------
        number : int
            One of ``years``.

        Returns
        -------
        Profiles
            The series.

        Raises
        ------
        SettingError
            If the year was not made.
        """
        if number not in self.years:
            raise _no_year(number, self.years)
        row = self.years.index(number)
        return collect(replace(one, values=np.array(self.series[name][row])) for name, one in self.listed.items())


def profiles(
    place: str, *, years: int = 1, names: Sequence[str] | None = None, imports: Sequence[ProfileImport] = ()
) -> HourlyProfiles:
    """Hourly profiles of a place, without internet.

    Parameters
    ----------
    place : str
        Administrative code, e.g. ``370600``.
    years : int
        How many weather years; a single one is the typical year and has the stated full-load hours itself, of several
        the first twenty have them in the mean.
    names : sequence of str, optional
        Profiles wanted; all without it.
    imports : sequence of ProfileImport
        Series of the user's own; they take the place of those of the same name. Only with one year.

    Returns
    -------
    HourlyProfiles
        The profiles.

    Raises
    ------
    LookupFailure
        If the place has no figures.
    SettingError
        If a name is unknown, the number of years is out of range, or series are brought to several years.
    """
    brought = {name: one for each in imports for name, one in each.profiles.listed.items()}
    wanted = [name for name in (names if names is not None else NAMES) if name not in brought]
    most = 1 if brought else MOST_VALUES // (HOURS * max(len(wanted), 1))
    if not 1 <= years <= most:
        raise _years(years, most)
    numbers = (typical_year(place),) if years == 1 else tuple(range(years))
    made = None if brought and not wanted else _made(place, numbers, wanted)
    series = dict(made.series) if made else {}
    listed = dict(made.year(numbers[0]).listed) if made else {}
    series |= {name: one.values[np.newaxis] for name, one in brought.items()}
    told = tuple(finding for each in imports for finding in each.findings)
    return HourlyProfiles(
        place, numbers, series, listed | brought, made.calibrations if made else (), made.figures if made else {}, told
    )


def _made(place: str, numbers: tuple[int, ...], names: Sequence[str]) -> Ensemble:
    return weather_profiles(place, numbers, names=names, reference=numbers if len(numbers) == 1 else CLIMATE)


def profiles_document(found: HourlyProfiles) -> dict[str, Any]:
    """Hourly profiles as JSON-able data, without their values.

    Parameters
    ----------
    found : HourlyProfiles
        The profiles.

    Returns
    -------
    dict
        Place, years, each profile with its figures, each correction, the weather's parameters and the findings.
    """
    return {
        "place": found.place,
        "years": list(found.years),
        "hours": HOURS,
        "zone": "UTC+08:00",
        "profiles": [_described(one, found.series[name]) for name, one in found.listed.items()],
        "calibrations": [_corrected(one) for one in found.calibrations],
        "weather": [asdict(one) for one in found.figures.values()],
        "findings": [asdict(one) for one in found.findings],
    }


def _described(one: Profile, values: Floats) -> dict[str, Any]:
    sums = values.sum(axis=1)
    level = one.name in LEVELS
    return {
        "name": one.name,
        "unit": one.unit,
        "origin": one.origin,
        "source": one.source,
        "sum": None if level else float(sums.mean()),
        "spread": None if level or len(sums) == 1 else float(sums.std()),
        "mean": float(values.mean()),
        "least": float(values.min()),
        "most": float(values.max()),
        "note": asdict(one.note),
    }


def _corrected(one: Calibration) -> dict[str, Any]:
    return {
        "profile": one.profile,
        "stated": asdict(one.stated) if one.stated else None,
        "of": one.of,
        "before": one.before,
        "after": one.after,
        "factor": one.factor,
    }


def _no_year(number: int, years: tuple[int, ...]) -> SettingError:
    known = f"{min(years)} … {max(years)} ({len(years)})"
    return SettingError(
        Label(f"没有天气年 {number}", f"there is no weather year {number}"),
        where="HourlyProfiles.year",
        expected=Label(known, known),
        remedy=Label("改正年号，或多生成几年", "correct the number, or make more years"),
    )


def _years(years: int, most: int) -> SettingError:
    return SettingError(
        Label(f"天气年数“{years}”不能用", f"'{years}' weather years cannot be had"),
        where="years",
        expected=Label(
            f"1 到 {most}（这些曲线）；导入自有曲线时为 1", f"1 to {most} of these profiles; 1 with series of your own"
        ),
        remedy=Label("改正该选项，或少选几条曲线", "correct the option, or ask for fewer profiles"),
    )
