"""Hourly series that components name, each saying what it is: measured, derived or synthetic.

Invariant: all series of one set have the same number of hours and no missing value; they cannot be changed in place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dafeng.core.errors import LookupFailure, TableError
from dafeng.core.labels import Label
from dafeng.energy.program import Floats

Origin = Literal["measured", "derived", "synthetic"]
"""``measured`` from meters; ``derived`` computed from measured weather; ``synthetic`` from a weather generator."""
HOURS = 8760
"""Hours of a year without a leap day; hour 0 is 1 January 00:00 Beijing time."""
CONSTANT = "constant"
"""Name of the profile that is 1 in every hour; it is always there."""


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """One hourly series.

    Parameters
    ----------
    name : str
        Name that components quote.
    values : (hours,) array
        The series. [``unit``]
    unit : str
        ``1`` for shares and shapes.
    origin : {"measured", "derived", "synthetic"}
        What sort of series it is.
    source : str
        Source id.
    note : Label
        How it was made, and what it must not be used for.
    """

    name: str
    values: Floats
    unit: str
    origin: Origin
    source: str
    note: Label

    @property
    def full_hours(self) -> float:
        """Sum over the hours: full-load hours for a share of capacity. [h]"""
        return float(self.values.sum())


@dataclass(frozen=True, slots=True)
class Profiles:
    """A set of hourly series over the same hours.

    Parameters
    ----------
    hours : int
        Number of hours.
    listed : mapping of str to Profile
        The series by name.
    """

    hours: int
    listed: Mapping[str, Profile]

    def series(self, name: str) -> Floats:
        """Values of a series.

        Parameters
        ----------
        name : str
            Name; ``constant`` is 1 in every hour.

        Returns
        -------
        (hours,) array
            The values.

        Raises
        ------
        LookupFailure
            If there is no series of that name.
        """
        if name == CONSTANT:
            return np.ones(self.hours)
        if name not in self.listed:
            known = ", ".join(sorted(self.listed)) or "-"
            raise LookupFailure(
                Label(f"没有逐时曲线“{name}”", f"there is no profile '{name}'"),
                where="energy.profiles",
                expected=Label(f"以下之一：{CONSTANT}、{known}", f"one of {CONSTANT}, {known}"),
                remedy=Label("改正组件的曲线名，或加入该曲线", "correct the component's profile name, or add the profile"),
            )
        return self.listed[name].values


def collect(profiles: Iterable[Profile]) -> Profiles:
    """Set of profiles, checked to fit together.

    Parameters
    ----------
    profiles : iterable of Profile
        The series; of two with the same name the last one counts.

    Returns
    -------
    Profiles
        The set.

    Raises
    ------
    TableError
        If there is none, if their lengths differ or a value is missing.
    """
    listed = {one.name: one for one in profiles}
    sizes = {len(one.values) for one in listed.values()}
    broken = sorted(name for name, one in listed.items() if not np.isfinite(one.values).all())
    if len(sizes) != 1 or broken:
        raise TableError(
            Label(f"曲线长度 {sorted(sizes)}，有缺值的：{broken}", f"lengths {sorted(sizes)}; with missing values: {broken}"),
            where="energy.profiles",
            expected=Label("长度相同、没有缺值的曲线", "profiles of one length without missing values"),
            remedy=Label("补全或去掉这些曲线", "complete these profiles or leave them out"),
        )
    for one in listed.values():
        one.values.setflags(write=False)
    return Profiles(sizes.pop(), listed)


def shape(name: str, values: Iterable[float], *, source: str, origin: Origin, note: Label) -> Profile:
    """Profile without unit from numbers.

    Parameters
    ----------
    name : str
        Name.
    values : iterable of float
        One share or relative value per hour. [1]
    source : str
        Source id.
    origin : {"measured", "derived", "synthetic"}
        What sort of series it is.
    note : Label
        How it was made.

    Returns
    -------
    Profile
        The series.
    """
    return Profile(name, np.array(list(values), dtype=np.float64), "1", origin, source, note)
