"""Tables of ``dafeng hindcast``: forecasts beside what came, why they missed, and how often they hit.

Invariant: formats and computes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from dafeng.cli.printing import console, grid, say
from dafeng.core.labels import Label, Language
from dafeng.core.units import unit
from dafeng.work.hindcast import CASES, Calibration, Forecast, Hindcast, calibrate
from dafeng.work.hindcast_document import scale
from dafeng.work.past_misses import NAMES, read_misses

PARTS: Mapping[str, Label] = {
    "activity": Label("产出", "output"),
    "intensity": Label("单位产出能耗", "energy per output"),
    "carbon": Label("单位能耗碳排放", "CO2 per energy"),
}


def show_hindcast(found: Hindcast, language: Language) -> None:
    """Print forecasts, reasons and calibration.

    Parameters
    ----------
    found : Hindcast
        What was found.
    language : {"zh", "en"}
        Language of the output.
    """
    title = say(language, f"山东 {found.origin} → {found.year}", f"Shandong {found.origin} → {found.year}")
    heads = say(
        language, "所知 总量 5% 中位 95% 公布 位置 90%区间", "known total 5% median 95% published percentile 90%-interval"
    ).split()
    console().print(grid(title, heads, [_row(one, language) for one in found.forecasts], right=(2, 3, 4, 5, 6)))
    for one in found.forecasts:
        console().print(_why(one, language))
    heads = say(language, "所知 总量 次数 区间内 得分 不变 趋势", "known total outcomes inside score no-change trend").split()
    title = say(language, "各起点的校准（得分为 CRPS，越小越好）", "calibration over all origins (CRPS, smaller is better)")
    console().print(grid(title, heads, [_sum(one, language) for one in calibrate(found.rolling)], right=(2, 3, 4, 5, 6)))
    for total, name in NAMES.items():
        held, count = read_misses().left_out(total)
        zh = f"{name.zh}：由其他起点的偏差定出的模型误差，90% 区间包含 {count} 次结果中的 {held} 次"
        en = f"{name.en}: the model's own error, sized by the other origins, holds {held} of {count} outcomes (90 %)"
        console().print(say(language, zh, en))


def _row(one: Forecast, language: Language) -> list[str]:
    values = [_amount(value, one.quantity) for value in (one.low, one.middle, one.high, one.published)]
    verdict = Label("之内", "inside") if one.inside else Label("之外", "outside")
    return [
        CASES[one.case].read(language),
        _name(one.quantity, language),
        *values,
        f"{one.percentile:.1%}",
        verdict.read(language),
    ]


def _why(one: Forecast, language: Language) -> str:
    parts = {PARTS[name].read(language): _amount(value, one.quantity) for name, value in one.parts.items()}
    told = say(language, "，", ", ").join(f"{name} {value}" for name, value in parts.items())
    name, joined = CASES[one.case].read(language), _amount(one.joined, one.quantity)
    total = _name(one.quantity, language)
    zh = f"{name}，{total}：公布值与中位路径之差 = {told}；区间须为 {one.stretch:.2f} 倍宽才触及；口径不断裂时为 {joined}"
    en = f"{name}, {total}: published less the median path = {told}; reached at {one.stretch:.2f} times the width;"
    return say(language, zh, f"{en} without the break of the accounts it would be {joined}")


def _sum(one: Calibration, language: Language) -> list[str]:
    scores = [_amount(value, one.quantity) for value in (one.score, one.same, one.trend)]
    return [CASES[one.case].read(language), _name(one.quantity, language), str(one.count), str(one.inside), *scores]


def _name(quantity: str, language: Language) -> str:
    return f"{NAMES[quantity].read(language)} [{unit(scale(quantity)[1]).read(language)}]"


def _amount(value: float, quantity: str) -> str:
    return f"{value * scale(quantity)[0]:,.0f}"
