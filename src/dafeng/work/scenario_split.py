"""What makes the CO2 of two scenarios, or of two years, differ: LMDI-I effects by cause and by group of sectors.

Invariant: the effects add up to the difference exactly; the emissions of power and heat stand with those who use them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.pathways.decomposition import effects
from dafeng.pathways.model.axes import YEAR, Array
from dafeng.pathways.model.run import Labelled
from dafeng.work.scenario_live import Answer, LiveScenarios

CAUSES: Mapping[str, Label] = {
    "growth": Label("经济总量", "output"),
    "structure": Label("产业与活动结构", "structure of activity"),
    "saving": Label("节能与新投产项目", "saving and dated starts"),
    "electrification": Label("燃料改用电、氢", "fuel moved to electricity and hydrogen"),
    "electricity": Label("单位活动用电", "electricity per activity"),
    "mix": Label("燃料结构与工业过程", "mix of fuels and processes"),
    "export": Label("外送与购入", "electricity sold and bought"),
    "clean_power": Label("清洁发电", "clean power"),
    "plants": Label("火电效率、燃料与捕集", "efficiency, fuel and capture of thermal plants"),
    "heat": Label("供热结构", "supply of heat"),
}
"""Causes in the order of the waterfall."""
FIELDS = ("growth", "structure", "saving", "electrification", "mix")
POWER = ("growth", "structure", "electricity", "export", "clean_power", "plants", "plants")
HEAT = ("growth", "structure", "saving", "electrification", "mix", "heat", "heat")
GROUPS: Mapping[str, Label] = {
    "industry": Label("工业与建筑业", "industry and construction"),
    "energy": Label("能源供应", "energy supply"),
    "buildings": Label("建筑", "buildings"),
    "transport": Label("交通", "transport"),
    "agriculture": Label("农业渔业", "farming and fishery"),
    "waste": Label("废弃物", "waste"),
    "undivided": Label("未分部门", "not divided"),
    "hydrogen": Label("制氢", "hydrogen"),
}
"""Groups of sectors, and what makes hydrogen."""
MT = 1e-6
"""Mt per t. [Mt/t]"""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison.

    Parameters
    ----------
    answer : Answer
        The scenario.
    year : int
        The year.
    """

    answer: Answer
    year: int


@dataclass(frozen=True, slots=True)
class Split:
    """A difference, taken apart.

    Parameters
    ----------
    left, right : Side
        From and to.
    start, end : float
        CO2 on both sides. [Mt CO2]
    effects : mapping of str to mapping of str to float
        Cause → group → effect; all of them sum to ``end - start``. [Mt CO2]
    """

    left: Side
    right: Side
    start: float
    end: float
    effects: Mapping[str, Mapping[str, float]]

    def total(self, cause: str) -> float:
        """Effect of one cause over all groups.

        Parameters
        ----------
        cause : str
            The cause.

        Returns
        -------
        float
            The effect. [Mt CO2]
        """
        return float(sum(self.effects[cause].values()))

    def of_group(self, group: str) -> float:
        """All effects in one group.

        Parameters
        ----------
        group : str
            The group.

        Returns
        -------
        float
            The sum. [Mt CO2]
        """
        return float(sum(groups[group] for groups in self.effects.values()))


def split(live: LiveScenarios, left: Side, right: Side) -> Split:
    """Effects that lead from one side to the other.

    Parameters
    ----------
    live : LiveScenarios
        Whose answers they are.
    left, right : Side
        From and to.

    Returns
    -------
    Split
        Effects by cause and group.

    Raises
    ------
    SettingError
        If a year lies outside the model, or a side holds a negative amount, which no logarithm takes.
    """
    parts = [_filled(one, other) for one, other in zip(_parts(left), _parts(right), strict=True)]
    groups = [*(live.model.groups[name] for name in live.model.graph.space.axis("sector").members), "hydrogen"]
    found = {cause: dict.fromkeys(GROUPS, 0.0) for cause in CAUSES}
    for causes, (before, after) in zip((FIELDS, POWER, HEAT), parts, strict=True):
        if (before < 0).any() or (after < 0).any():
            raise _negative(left, right)
        for cause, row in zip(causes, effects(before, after), strict=True):
            for group, value in zip(groups, row, strict=True):
                found[cause][group] += float(value) * MT
    return Split(left, right, _total(left), _total(right), found)


def _filled(before: Array, after: Array) -> tuple[Array, Array]:
    """A rate of nothing has no value: it is taken as on the other side, so that what vanished is said to have vanished.

    Without this the fuel per output of plants that no longer run would share the effect of the clean power that replaced them.
    """
    known = [np.where(np.isnan(one), other, one) for one, other in ((before, after), (after, before))]
    return np.nan_to_num(known[0]), np.nan_to_num(known[1])


def _total(side: Side) -> float:
    return side.answer.value("co2", side.year)


def _parts(side: Side) -> tuple[Array, Array, Array]:
    """Factors (causes, sectors and hydrogen) of the emissions of users, of power and of heat."""
    read = _reader(side)
    output, activity = read("output"), np.append(read("activity"), read("output"))
    base = [np.broadcast_to(output, activity.shape), _over(activity, output)]
    service, fuels = (np.append(read(name), 0.0) for name in ("service", "fuels"))
    used = np.append(read("power_use"), read("hydrogen_power"))
    final = [*base, _over(service, activity), _over(fuels, service)]
    fields = [*final, _over(np.append(read("co2_sector"), 0.0), fuels)]
    rates = [_over(read(top), read(below)) for top, below in (("generation", "consumption"), ("thermal_total", "generation"))]
    rates += [_over(read("power_fuel").sum(), read("thermal_total")), _over(read("co2_power"), read("power_fuel").sum())]
    power = [*base, _over(used, activity), *(np.broadcast_to(rate, activity.shape) for rate in rates)]
    heated = [_over(read("heat_fuel"), read("heat_use")), _over(read("co2_heat"), read("heat_fuel"))]
    heat = [*final, np.append(_share(side), 0.0), *(np.broadcast_to(rate, activity.shape) for rate in heated)]
    return np.stack(fields), np.stack(power), np.stack(heat)


def _share(side: Side) -> Array:
    """District heat in the fuels of each sector."""
    mix = side.answer.parts["mix"]
    at = mix.space.member("carrier", "heat")
    return np.asarray(_cut(mix, side).take(at, axis=mix.space.position("carrier"))).reshape(-1)


def _reader(side: Side) -> Callable[[str], Array]:
    return lambda name: _cut(side.answer.parts[name], side).reshape(-1)


def _cut(made: Labelled, side: Side) -> Array:
    """Values of one year."""
    at = made.space.position(YEAR)
    index = side.year - side.answer.years[0] if made.values.shape[at] > 1 else 0
    return np.asarray(made.values.take([index], axis=at))


def _over(top: Array, below: Array) -> Array:
    """Quotient; nan where there is nothing below."""
    shape = np.broadcast_shapes(np.shape(top), np.shape(below))
    return np.asarray(np.divide(top, below, out=np.full(shape, np.nan), where=np.broadcast_to(np.asarray(below) != 0, shape)))


def check_year(answer: Answer, year: int, where: str) -> int:
    """A year that an answer has.

    Parameters
    ----------
    answer : Answer
        The answer.
    year : int
        The year.
    where : str
        What it was given for.

    Returns
    -------
    int
        The same.

    Raises
    ------
    SettingError
        If the model does not reach it.
    """
    if not answer.years[0] <= year <= answer.years[-1]:
        raise SettingError(
            Label(f"没有{year}年", f"there is no year {year}"),
            where=where,
            expected=Label(*(f"{answer.years[0]} {word} {answer.years[-1]}" for word in ("至", "to"))),
            remedy=Label("换一个年份", "choose another year"),
        )
    return year


def _negative(left: Side, right: Side) -> SettingError:
    years = f"{left.year}/{right.year}"
    return SettingError(
        Label(
            f"{years}：有部门的用能或用电为负，不能分解", f"{years}: a sector uses less than nothing, so nothing can be split"
        ),
        where="waterfall",
        expected=Label("各部门用能与用电不小于零", "no negative use of energy in any sector"),
        remedy=Label("把滑杆移回一些", "move the sliders back a little"),
    )


def order_groups(made: Split) -> Sequence[str]:
    """Groups that have any effect, in the order of the table.

    Parameters
    ----------
    made : Split
        The effects.

    Returns
    -------
    sequence of str
        Ids of groups.
    """
    return [group for group in GROUPS if any(abs(groups[group]) > 0 for groups in made.effects.values())]
