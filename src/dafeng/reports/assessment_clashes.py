"""The chapter on contradictions: what cannot hold together, what each way out gives up, what targets cost hour by hour.

Invariant: a contradiction is told with all its members; a price stands beside the target it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dafeng.reports.blocks import Block, Heading, Paragraph, Part, Table
from dafeng.reports.teller import NONE, Teller
from dafeng.reports.voice import Row


def tell_clashes(teller: Teller) -> Iterator[Block]:
    """The chapter on contradictions.

    Parameters
    ----------
    teller : Teller
        The view and its language.

    Yields
    ------
    Heading, Paragraph, Table or Chart
        In order.
    """
    clashes = teller.form.get("clashes") or []
    consistency = teller.form.get("consistency") or {}
    yield Heading(2, teller.text("不能同时成立的条文", "Clauses that cannot hold together"))
    yield _said(teller, clashes, consistency)
    if clashes:
        yield _list(teller, clashes)
    if consistency.get("lacking"):
        yield _untested(teller, consistency["lacking"])
    orders = teller.form.get("orders")
    if orders:
        yield Heading(2, teller.text("目标在逐时模型中的代价", "What the targets cost in the hourly model"))
        for case in orders["cases"]:
            yield _prices(teller, orders, case)


def _said(teller: Teller, clashes: Sequence[Row], consistency: Row) -> Paragraph:
    answer = next((one for one in teller.form.get("answers") or () if one["id"] == "clash"), None)
    placed = (consistency.get("placed") or {}).get("own")
    tested: list[Part] = []
    if placed:
        tested = [
            teller.text(
                f"方案 {placed['of']} 项目标中有 {placed['rows']} 项能列成方程逐一检验。",
                f"{placed['rows']} of the plan's {placed['of']} targets can be written as rows and tested. ",
            )
        ]
    if not clashes:
        return Paragraph((*tested, teller.text("在能检验的条文中没有发现矛盾。", "No contradiction was found among them.")))
    count = answer["figures"][0] if answer and answer["figures"] else None
    return Paragraph(
        (
            *tested,
            teller.text("条文与已知数据、假设之间不能同时成立的最小组合有 ", "Minimal sets that cannot hold together: "),
            teller.number(count, form="count") if count else str(len(clashes)),
            teller.text(
                " 组；每组去掉任何一项就能成立，下表列出各组成员及最小让步。", "; each holds as soon as any member is dropped."
            ),
        )
    )


def _list(teller: Teller, clashes: Sequence[Row]) -> Table:
    rows = [_clash(teller, one) for one in clashes]
    heads = teller.heads("序号|不能同时成立的各项|最小的让步|让步量", "no.|members|smallest concession|by")
    title = teller.text("不能同时成立的最小组合", "Minimal sets that cannot hold together")
    return teller.table(title, heads, (12, 76, 42, 26), rows, right=(3,))


def _clash(teller: Teller, one: Row) -> list[Part]:
    members = teller.text("；", "; ").join(teller.read(member["label"]) for member in one["members"])
    ways = one.get("relax") or ()
    least = ways[0] if ways else None
    return [str(one["id"]), members, teller.read(least["label"]) if least else NONE, teller.number(least)]


def _untested(teller: Teller, lacking: Sequence[Row]) -> Paragraph:
    own = [row for row in lacking if not row["above"]]
    names = teller.join(list(dict.fromkeys(teller.read(row["label"]) for row in own)))
    return Paragraph(
        (
            teller.text(
                f"另有 {len(own)} 项本市目标因模型中没有对应的量或缺数据而没有检验：{names}。",
                f"{len(own)} targets of the city could not be tested, for want of a quantity or of data: {names}.",
            ),
        )
    )


def _prices(teller: Teller, orders: Row, case: Row) -> Table:
    rows = [
        [
            teller.read(row["label"]),
            teller.number(row["asked"]),
            teller.number(row["level"]),
            teller.number(row["price"]) if not row["dropped"] else teller.text("放弃", "given up"),
        ]
        for row in case["rows"]
    ]
    state = (
        teller.text("可行", "feasible")
        if case["feasible"]
        else teller.text("不可行，须放弃部分目标", "not feasible as a whole")
    )
    rows.append([teller.text("全年费用", "yearly cost"), NONE, NONE, teller.number(case["cost"])])
    heads = teller.heads("目标|要求|模型取值|边际代价", "target|asked|level in the model|marginal price")
    label = teller.read(case["label"])
    title = teller.text(
        f"{orders['year']}年各目标的边际代价：{label}（{state}）", f"Marginal prices {orders['year']}: {label} ({state})"
    )
    source = teller.text(
        f"来源：dafeng 评估运行 {teller.run}，{case['of']} 小时归并为 {case['steps']} 段求解；代价为 0 表示不另花钱。",
        f"Source: dafeng, run {teller.run}, {case['of']} hours in {case['steps']} steps; a price of 0 means no extra cost.",
    )
    return teller.table(title, heads, (64, 28, 32, 32), rows, right=(1, 2, 3), strong=(len(rows) - 1,), source=source)
