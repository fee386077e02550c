"""What an analysis of uncertainty has to say beside its numbers.

Invariant: each thing that nobody stated is named with its share of the emissions, so that an interval is never read as
covering more than it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.methods.simulation import Simulation
from dafeng.methods.uncertain import Model, Subject

_SHIFT = 0.01
_NAMES: Mapping[Subject, Label] = {
    "activity": Label("活动水平", "activity data"),
    "factor": Label("因子", "factors"),
    "pedigree": Label("数据质量", "data quality"),
}
_REMEDY = Label(
    "在城市 data/quality/uncertainty.csv 中补充一行并注明来源",
    "add a row with its source to data/quality/uncertainty.csv of the city",
)


def find_uncertain(
    model: Model,
    value: Decimal,
    mean: float,
    uncovered: Mapping[Subject, float],
    assumed: float | None,
    drawn: Simulation,
    *,
    year: int,
    certain: float | None,
) -> tuple[Finding, ...]:
    """Findings of an analysis of uncertainty.

    Parameters
    ----------
    model : Model
        The inventory.
    value : Decimal
        Its sum. [tCO2e]
    mean : float
        Mean of the draws of the sum. [tCO2e]
    uncovered : mapping of Subject to float
        Share of the gross emissions with an input whose uncertainty nobody stated. [1]
    assumed : float or None
        Share of the variance that rests on assumptions. [1]
    drawn : Simulation
        The draws.
    year : int
        Year.
    certain : float or None
        Relative interval of the sum; ``None`` where there is none. [1]

    Returns
    -------
    tuple of Finding
        What is unknown, assumed, drawn negative or cannot be said.
    """
    found = [finding for sort, share in uncovered.items() if share for finding in _unknown(model, sort, share, year)]
    if assumed:
        found.append(_assumed(assumed, year))
    found += [_negative(key, number, model, drawn.count) for key, number in drawn.negative.items()]
    if certain is None:
        found.append(_no_relative(year))
    elif value and abs(mean / float(value) - 1) > _SHIFT:
        found.append(_shifted(mean / float(value) - 1, year))
    return tuple(found)


def _unknown(model: Model, sort: Subject, share: float, year: int) -> Iterator[Finding]:
    terms = [term for term in model.terms if term.cell.year == year]
    keys = dict.fromkeys(key for term in terms for key in term.keys(model))
    lacking = [model.inputs[key] for key in keys if model.inputs[key].subject == sort and not model.inputs[key].known]
    names = tuple(dict.fromkeys(one.label for one in lacking))
    zh, en = "、".join(name.zh for name in names), "; ".join(name.en for name in names)
    yield Finding(
        "uncertainty.unknown",
        f"{sort}/{year}",
        "warning",
        Label(
            f"{_NAMES[sort].zh}的不确定性未知（{len(names)} 项），涉及排放的 {share:.1%}，区间未包含它们：{zh}",
            f"{_NAMES[sort].en}: nobody stated the uncertainty of {len(names)}, in {share:.1%} of the emissions; "
            f"the interval leaves them out: {en}",
        ),
        _REMEDY,
    )


def _assumed(share: float, year: int) -> Finding:
    return Finding(
        "uncertainty.assumed",
        str(year),
        "info",
        Label(
            f"区间中 {share:.0%} 的方差出自本项目的假定，而非读到的统计",
            f"{share:.0%} of the variance rests on assumptions of this project, not on figures that were read",
        ),
        _REMEDY,
    )


def _negative(key: str, number: int, model: Model, count: int) -> Finding:
    label = model.inputs[key].label
    return Finding(
        "uncertainty.negative",
        key,
        "warning",
        Label(
            f"{label.zh}：{count} 次抽样中 {number} 次为负，未截断",
            f"{label.en}: {number} of {count} draws are negative; none was cut",
        ),
        Label("改用 lognormal 或 triangular 分布", "state a lognormal or triangular distribution"),
    )


def _no_relative(year: int) -> Finding:
    return Finding(
        "uncertainty.relative",
        str(year),
        "info",
        Label(
            "排放与吸收相抵，净值的区间包含零，只给绝对区间",
            "sinks offset sources and the interval holds zero: only absolute ends are given",
        ),
        Label("引用绝对区间或不含汇的合计", "quote the absolute interval or the sum without sinks"),
    )


def _shifted(share: float, year: int) -> Finding:
    return Finding(
        "uncertainty.shift",
        str(year),
        "info",
        Label(
            f"不对称的分布使抽样均值与清单相差 {share:+.1%}；清单数值不变",
            f"skewed distributions move the mean of the draws by {share:+.1%}; the inventory itself stands",
        ),
        Label("核对不对称区间的来源", "check where the skewed intervals come from"),
    )
