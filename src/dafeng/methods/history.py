"""What is said where the years that a method works with have no figures.

Invariant: a year without figures is missing, never zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.factors import FactorLibrary
from dafeng.methods.definition import Method

if TYPE_CHECKING:
    from dafeng.methods.gathering import Activity

_SURVEYS = Label("补交两期清查数据", "deliver both surveys")


def short_history(years: tuple[int, ...], method: Method, year: int) -> Iterator[Finding]:
    """Finding on the years before that lack, where what is laid down works for years.

    Parameters
    ----------
    years : tuple of int
        Years that have facts, ascending.
    method : Method
        Method.
    year : int
        Year of the result.

    Yields
    ------
    Finding
        At most one; it names the years.
    """
    past = [at for at in years if at < year]
    first = min(past, default=year)
    lost = sorted({*(set(range(first, year)) - set(past)), *range(year - method.history, first)})
    if years and lost and any(category.years == "earlier" for category in method.categories):
        zh, en = "、".join(map(str, lost)), ", ".join(map(str, lost))
        yield Finding(
            "account.history",
            f"{method.id}/{year}",
            "warning",
            Label(
                f"“{method.title.zh}”需要至少 {method.history} 年的历史数据，缺 {zh}；结果偏低",
                f"'{method.title.en}' needs {method.history} years of history and lacks {en}; the result is too low",
            ),
            Label("补齐历年数据", "deliver the years that lack"),
        )


def no_survey(activity: Activity, method: Method, library: FactorLibrary, year: int) -> Finding:
    """Finding that a change is not known, because the survey of the year or the one before lacks.

    Parameters
    ----------
    activity : Activity
        The stock that was found.
    method : Method
        Method.
    library : FactorLibrary
        Names of carriers.
    year : int
        Year of the result.

    Returns
    -------
    Finding
        A warning where there is no earlier survey, a remark where the year is no year of a survey.
    """
    if activity.category.years == "this":
        carrier = library.label("substance", activity.carrier)
        says = Label(
            f"{method.title.zh}：{carrier.zh}没有更早一期的清查数据，变化量无从核算",
            f"{method.title.en}: {carrier.en} has no earlier survey, so the change is not known",
        )
        return Finding("account.survey", f"{method.id}/{activity.carrier}", "warning", says, _SURVEYS)
    says = Label(
        f"{method.title.zh}：{year}年没有清查数据，变化量无从核算",
        f"{method.title.en}: there is no survey of {year}, so the change is not known",
    )
    return Finding("account.survey", f"{method.id}/{year}", "info", says, _SURVEYS)
