"""Splicing: values for years that lack, by the techniques of the IPCC, each marked as estimated.

Invariant: a value that was known is never changed, and a value that is made here carries its technique and the years it
was made from.

Source: ``ipcc-2006``, vol. 1 ch. 5 (equations 5.1 and 5.2), as quoted by the guidelines that follow it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import Literal

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label

Technique = Literal["overlap", "surrogate", "interpolation", "extrapolation"]
"""How a value was made."""
Series = Mapping[int, Decimal]
"""Value by year."""
_DIGITS = 40
_SCALE = Decimal("1e-15")


@dataclass(frozen=True, slots=True)
class Spliced:
    """A value that was made for a year that lacks one.

    Parameters
    ----------
    year : int
        Year.
    value : Decimal
        The value. [unit of the series]
    technique : Technique
        How it was made.
    years : tuple of int
        Years whose values it was made from.
    grade : str
        Always ``estimated``.
    says : Label
        How it was made, in words.
    """

    year: int
    value: Decimal
    technique: Technique
    years: tuple[int, ...]
    grade: Literal["estimated"]
    says: Label


def splice_overlap(new: Series, old: Series) -> tuple[Spliced, ...]:
    """Years of an older method in terms of a newer one, by the mean ratio of both in the years they share.

    Parameters
    ----------
    new, old : mapping of int to Decimal
        Values by the newer and by the older method.

    Returns
    -------
    tuple of Spliced
        One for each year that only the older method has.

    Raises
    ------
    SettingError
        If no year has both with an old value other than zero.
    """
    shared = tuple(year for year in sorted(new) if old.get(year))
    _need(shared, 1, "overlap")
    with localcontext() as context:
        context.prec = _DIGITS
        ratio = sum((new[year] / old[year] for year in shared), Decimal(0)) / len(shared)
        found = {year: (old[year] * ratio).quantize(_SCALE) for year in sorted(old) if year not in new}
    return tuple(_made(year, value, "overlap", shared) for year, value in found.items())


def splice_surrogate(known: Series, driver: Series) -> tuple[Spliced, ...]:
    """Years that lack, in proportion to a related quantity and the nearest known year.

    Parameters
    ----------
    known : mapping of int to Decimal
        Known values.
    driver : mapping of int to Decimal
        The related quantity, other than zero where ``known`` is known.

    Returns
    -------
    tuple of Spliced
        One for each year that only the driver has.

    Raises
    ------
    SettingError
        If no year has both.
    """
    both = tuple(year for year in sorted(known) if driver.get(year))
    _need(both, 1, "surrogate")
    made = []
    for year in (year for year in sorted(driver) if year not in known):
        near = min(both, key=lambda other: (abs(other - year), other))
        with localcontext() as context:
            context.prec = _DIGITS
            value = (known[near] * driver[year] / driver[near]).quantize(_SCALE)
        made.append(_made(year, value, "surrogate", (near,)))
    return tuple(made)


def splice_interpolation(known: Series) -> tuple[Spliced, ...]:
    """Years between known ones, on the straight line between their neighbours.

    Parameters
    ----------
    known : mapping of int to Decimal
        Known values.

    Returns
    -------
    tuple of Spliced
        One for each year between the first and the last that lacks.

    Raises
    ------
    SettingError
        If fewer than two years are known.
    """
    years = tuple(sorted(known))
    _need(years, 2, "interpolation")
    made = []
    for first, last in pairwise(years):
        made += [
            _made(year, _line(known, first, last, year), "interpolation", (first, last)) for year in range(first + 1, last)
        ]
    return tuple(made)


def splice_extrapolation(known: Series, years: Iterable[int]) -> tuple[Spliced, ...]:
    """Years outside the known ones, by the mean yearly change between the first and the last known.

    Parameters
    ----------
    known : mapping of int to Decimal
        Known values.
    years : iterable of int
        Years wanted; known ones and those between are passed over.

    Returns
    -------
    tuple of Spliced
        One for each year outside.

    Raises
    ------
    SettingError
        If fewer than two years are known.
    """
    listed = tuple(sorted(known))
    _need(listed, 2, "extrapolation")
    first, last = listed[0], listed[-1]
    outside = sorted({year for year in years if not first <= year <= last})
    return tuple(_made(year, _line(known, first, last, year), "extrapolation", (first, last)) for year in outside)


def _line(known: Series, first: int, last: int, year: int) -> Decimal:
    with localcontext() as context:
        context.prec = _DIGITS
        return (known[first] + (known[last] - known[first]) * (year - first) / (last - first)).quantize(_SCALE)


_WORDS: Mapping[Technique, Label] = {
    "overlap": Label("重叠法：新旧方法共有年份的平均比值", "overlap: mean ratio of both methods in the years they share"),
    "surrogate": Label("替代指标法：按相关指标与最近的已知年份同比例", "surrogate: in proportion to a related quantity"),
    "interpolation": Label("内插法：相邻已知年份之间的直线", "interpolation: on the line between the neighbours"),
    "extrapolation": Label("趋势外推法：已知首末年的年均变化", "extrapolation: by the mean yearly change"),
}


def _made(year: int, value: Decimal, technique: Technique, years: tuple[int, ...]) -> Spliced:
    zh, en = "、".join(map(str, years)), ", ".join(map(str, years))
    words = _WORDS[technique]
    return Spliced(year, value, technique, years, "estimated", Label(f"{words.zh}（{zh} 年）", f"{words.en} ({en})"))


def _need(years: tuple[int, ...], count: int, technique: Technique) -> None:
    if len(years) >= count:
        return
    raise SettingError(
        Label(f"可用的年份不足：{len(years)}", f"too few years to use: {len(years)}"),
        where=f"splicing.{technique}",
        expected=Label(f"至少 {count} 个年份", f"at least {count} years"),
        remedy=Label("补交数据，或换一种技术", "deliver more years, or take another technique"),
    )
