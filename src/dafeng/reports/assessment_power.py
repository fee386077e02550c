"""The chapter on the hourly proof: balance of the year by case, the hardest week, storage, and the solver's certificate.

Invariant: hourly values are those of the view document; whether the proof passed is told either way.
"""

from __future__ import annotations

from collections.abc import Iterator

from dafeng.reports.blocks import Block, Chart, Heading, Paragraph, Part, Table
from dafeng.reports.teller import NONE, Teller
from dafeng.reports.voice import Row

DAY = 24


def tell_power(teller: Teller) -> Iterator[Block]:
    """The chapter on the hourly proof.

    Parameters
    ----------
    teller : Teller
        The view and its language.

    Yields
    ------
    Heading, Paragraph, Table or Chart
        In order.
    """
    power = teller.form.get("power")
    if not power:
        yield Paragraph((teller.text("没有逐时电力计算。", "No hourly power balance was computed."),))
        return
    yield Heading(2, teller.text("全年平衡", "The balance of the year"))
    yield _cases(teller, power)
    if power.get("weeks"):
        yield draw_week(teller)
    if (power.get("storage") or {}).get("points"):
        yield Heading(2, teller.text("储能与弃电", "Storage and curtailment"))
        yield _storage(teller, power["storage"])
    if power.get("certificate"):
        yield Heading(2, teller.text("最优性证明", "Proof of optimality"))
        yield _proof(teller, power["certificate"])


def _cases(teller: Teller, power: Row) -> Table:
    found = [{row.get("id") or row["label"]["zh"]: row for row in case["figures"]} for case in power["cases"]]
    order = list(dict.fromkeys(name for case in found for name in case))
    rows: list[list[Part]] = []
    for name in order:
        label = next(teller.read(case[name]["label"]) for case in found if name in case)
        rows.append([label, *(teller.number(case.get(name)) for case in found)])
    heads = (teller.text("项目", "item"), *(teller.read(case["label"]) for case in power["cases"]))
    count = len(found)
    each = min(46, 96 // count)
    title = teller.text(f"{power['year']}年逐时电力平衡", f"Power balance {power['year']}, hour by hour")
    widths = (156 - each * count, *(each for _ in found))
    return teller.table(title, heads, widths, rows, right=range(1, count + 1))


def draw_week(teller: Teller) -> Chart:
    """Generation and load hour by hour in the first of the chosen weeks.

    Parameters
    ----------
    teller : Teller
        The view and its language.

    Returns
    -------
    Chart
        168 hours; charging and export below zero.
    """
    power = teller.form["power"]
    week = power["weeks"][0]
    case = next((one for one in power["cases"] if one["id"] == week.get("case")), None)
    begin = int(week["start_hour"])
    labels = [
        teller.text(f"第{(begin + at) // DAY + 1}日", f"day {(begin + at) // DAY + 1}") for at in range(len(week["load"]))
    ]
    curves = [(one["carrier"], teller.read(one["label"]), one["values"]) for one in week["series"]]
    named = teller.read(week["label"])
    return teller.chart(
        "stack",
        labels,
        [*curves, ("line", teller.text("用电负荷", "load"), week["load"])],
        power["unit"],
        title=teller.text(f"{power['year']}年{named}的逐时出力与负荷", f"Generation and load, {named}, {power['year']}"),
        says=teller.text(
            "各电源逐时出力与负荷，充电和外送在零线以下", "generation by source and load; charging and export below zero"
        ),
        source=teller.text(
            f"来源：dafeng 评估运行 {teller.run}，{teller.read(case['label']) if case else ''}；充电和外送在零线以下。",
            f"Source: dafeng, run {teller.run}, {teller.read(case['label']) if case else ''}; charging and export below zero.",
        ),
        addresses=[row["address"] for row in (case["figures"][:1] if case else ())],
    )


def _storage(teller: Teller, storage: Row) -> Table:
    points = storage["points"]
    rows = [[teller.number(point[name]) for name in ("storage_power", "curtailed_share", "cost")] for point in points]
    heads = teller.heads("储能功率|弃电率|年运行费用", "storage power|curtailed share|yearly cost")
    return teller.table(teller.read(storage["label"]), heads, (52, 52, 52), rows, right=(0, 1, 2))


def _proof(teller: Teller, proof: Row) -> Paragraph:
    passed = teller.text("通过", "passes") if proof["passed"] else teller.text("未通过", "does not pass")
    gap = _power(proof.get("relative_gap"))
    primal, dual = (_power(proof.get(name)) for name in ("primal_violation", "dual_violation"))
    return Paragraph(
        (
            teller.text(
                f"逐时模型由 {proof['solver']} 求解，独立核对的最优性证书{passed}：原问题与对偶问题目标值相对差 {gap}，"
                f"约束最大违反 {primal}，对偶最大违反 {dual}。",
                f"The hourly model was solved by {proof['solver']}; its certificate, checked independently, {passed}: "
                f"relative gap {gap}, primal violation {primal}, dual violation {dual}.",
            ),
            teller.mark(_cost(teller, proof)),
        )
    )


def _cost(teller: Teller, proof: Row) -> str | None:
    """Address of the cost that a certificate proves."""
    figures = [row for case in teller.form["power"]["cases"] if case.get("id") == proof["case"] for row in case["figures"]]
    return next((row["address"] for row in figures if row.get("id") == "cost"), None)


def _power(value: float | None) -> str:
    """A small number as a power of ten."""
    if value is None:
        return NONE
    digits, _, exponent = f"{float(value):.1e}".partition("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digits} × 10{raised}" if value else "0"
