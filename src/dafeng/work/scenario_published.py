"""What a stored assessment says of a scenario, beside the middle path that is computed at once.

Invariant: both figures are named with what they are; where they differ, the sentence says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dafeng.core.labels import Label
from dafeng.work.future import EMISSIONS
from dafeng.work.scenario_choice import BASELINE, Choice
from dafeng.work.scenario_live import Answer

YEARS = (2030, 2035)
"""Years that are set side by side."""


@dataclass(frozen=True, slots=True)
class Published:
    """Figures of a scenario in a stored assessment.

    Parameters
    ----------
    run : str
        Id of the assessment.
    scenario : str
        The scenario.
    values : mapping of int to float
        Median emissions by year. [Mt CO2]
    peak : int
        Median peak year.
    hourly : tuple of (int, float) or None
        Year of the hourly model and what its rows change in the emissions; ``None`` where it has none for the scenario.
        [Mt CO2]
    """

    run: str
    scenario: str
    values: Mapping[int, float]
    peak: int
    hourly: tuple[int, float] | None = None


def find_published(run: str, traces: Mapping[str, Mapping[str, Any]], choice: Choice) -> Published | None:
    """What an assessment says of the scenario under a choice.

    Parameters
    ----------
    run : str
        Id of the assessment.
    traces : mapping of str to dict
        Its explanation graph by address.
    choice : Choice
        The choice; sliders, events and single values are left aside.

    Returns
    -------
    Published or None
        ``None`` where several scenarios lie over one another, or the assessment has no pathway of it.
    """
    scenario = choice.scenarios[0] if choice.scenarios else BASELINE
    stem = f"pathway/{scenario}"
    peak = traces.get(f"{stem}.peak")
    if len(choice.scenarios) > 1 or peak is None:
        return None
    found = {year: traces.get(f"{stem}.{EMISSIONS}.{year}") for year in YEARS}
    hourly = next((traces[address] for address in traces if address.startswith(f"{stem}.hourly.")), None)
    return Published(
        run,
        scenario,
        {year: float(one["value"]) for year, one in found.items() if one is not None},
        int(peak["value"]),
        None if hourly is None else (int(hourly["year"]), float(hourly["value"])),
    )


def tell_published(found: Published, name: Label, middle: Answer) -> Label:
    """Both figures and why they differ, as one sentence.

    Parameters
    ----------
    found : Published
        What the assessment says.
    name : Label
        Name of the scenario.
    middle : Answer
        The same scenario as computed at once.

    Returns
    -------
    Label
        For readers.
    """
    zh_years, en_years = ("、".join(map(str, found.values)), ", ".join(map(str, found.values)))
    stored = " / ".join(f"{value:.1f}" for value in found.values.values())
    own = " / ".join(f"{middle.value(EMISSIONS, year):.1f}" for year in found.values)
    fed = ("", "") if found.hourly is None else _fed(*found.hourly)
    here, there = middle.peak[0], found.peak
    zh = (
        f"{name.zh}，{zh_years}年二氧化碳：此处中值路径 {own} Mt，峰值年 {here}；",
        f"已存评估 {found.run} 的中位数 {stored} Mt，峰值年 {there}。",
        f"中值路径让每个因素取中值，不抽样；已存评估是全部抽样的中位数{fed[0]}。",
    )
    en = (
        f"{name.en}, CO2 in {en_years}: {own} Mt on the middle path here, peak year {here}; ",
        f"median {stored} Mt, peak year {there}, in stored assessment {found.run}. ",
        f"The middle path has every driver at its middle and no draws; the stored one is the median of all draws{fed[1]}.",
    )
    return Label("".join(zh), "".join(en))


def _fed(year: int, change: float) -> tuple[str, str]:
    return (
        f"，并自{year}年起采用逐时模型给出的消纳率与煤电小时（当年 {change:+.2f} Mt）",
        f" and takes shares taken up and coal hours from the hourly model from {year} on ({change:+.2f} Mt in that year)",
    )
