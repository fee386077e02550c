"""The chapter on targets: verdicts by field, what is off course and why, what cannot be judged and what is lacking.

Invariant: every target of the plan stands in exactly one of the lists; a count is that of the verdicts it stands beside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dafeng.plans.verdict import KINDS, WORDS
from dafeng.reports.blocks import Block, Heading, Paragraph, Part, Table
from dafeng.reports.teller import NONE, Teller
from dafeng.reports.voice import Row
from dafeng.work.brief_index import strip

TROUBLED = ("off_course", "behind")
MOST = 3
"""Most units named beside a target."""


def tell_targets(teller: Teller) -> Iterator[Block]:
    """The chapter on targets.

    Parameters
    ----------
    teller : Teller
        The view and its language.

    Yields
    ------
    Heading, Paragraph, Table or Chart
        In order.
    """
    verdicts = teller.form.get("verdicts") or []
    if not verdicts:
        yield Paragraph((teller.text("方案中没有可评估的目标。", "The plan has no target that can be assessed."),))
        return
    yield Heading(2, teller.text("分领域判定", "Verdicts by field"))
    yield _said(teller)
    yield _fields(teller)
    yield from _picture(teller)
    yield Heading(2, teller.text("偏离和滞后的目标", "Targets off course or behind"))
    yield from _troubled(teller, verdicts)
    yield Heading(2, teller.text("已达成、按进度和未到期的目标", "Targets met, on course or not due"))
    kept = [row for row in verdicts if row["verdict"] not in (*TROUBLED, "not_measurable")]
    yield _list(teller, kept) if kept else Paragraph((teller.text("没有。", "None."),))
    yield Heading(2, teller.text("无法判断的目标及所缺数据", "Targets that cannot be judged, and what is lacking"))
    unknown = [row for row in verdicts if row["verdict"] == "not_measurable"]
    yield _lacking(teller, unknown) if unknown else Paragraph((teller.text("没有。", "None."),))


def _said(teller: Teller) -> Paragraph:
    plan = next((one for one in teller.form.get("answers") or () if one["id"] == "plan"), None)
    addresses = {strip(row["address"]).rpartition(".")[2]: row["address"] for row in (plan["figures"] if plan else ())}
    counts = teller.form["counts"]
    said: list[Part] = [teller.text(f"方案共有可评估目标 {_total(teller)} 项：", f"{_total(teller)} targets: ")]
    for at, kind in enumerate(KINDS):
        said += [teller.text("，", ", ") if at else "", f"{WORDS[kind].read(teller.language)} ", str(counts.get(kind, 0))]
        said += [teller.mark(addresses.get(kind))]
    return Paragraph((*said, teller.text("。", "."), teller.mark(plan["address"] if plan else None)))


def _total(teller: Teller) -> int:
    return len(teller.form["verdicts"])


def _fields(teller: Teller) -> Table:
    fields = [row for row in teller.form["fields"] if row["verdicts"]]
    rows = [
        [teller.read(row["label"]), *(str(row["counts"].get(kind, 0)) for kind in KINDS), str(len(row["verdicts"]))]
        for row in fields
    ]
    counts = teller.form["counts"]
    rows.append([teller.text("合计", "all"), *(str(counts.get(kind, 0)) for kind in KINDS), str(_total(teller))])
    heads = (teller.text("领域", "field"), *(WORDS[kind].read(teller.language) for kind in KINDS), teller.text("合计", "all"))
    source = teller.text(
        f"来源：dafeng 评估运行 {teller.run}；各数为下列各表中该领域目标的计数。",
        f"Source: dafeng, run {teller.run}; each figure counts the targets of its field in the tables below.",
    )
    title = teller.text("各领域目标判定", "Verdicts by field")
    widths = (36, *(17 for _ in KINDS), 18)
    unit = teller.text("项", "targets")
    return teller.table(title, heads, widths, rows, right=range(1, 8), strong=(len(rows) - 1,), unit=unit, source=source)


def _picture(teller: Teller) -> Iterator[Block]:
    fields = [row for row in teller.form["fields"] if row["verdicts"]]
    shown = [kind for kind in KINDS if any(row["counts"].get(kind) for row in fields)]
    curves = [
        (kind, WORDS[kind].read(teller.language), [float(row["counts"].get(kind, 0)) for row in fields]) for kind in shown
    ]
    labels = [teller.read(row["label"]) for row in fields]
    title = teller.text("各领域目标判定构成", "Verdicts by field")
    says = "；".join(f"{name} {sum(values):.0f}" for _, name, values in curves)
    plan = next((one["address"] for one in teller.form.get("answers") or () if one["id"] == "plan"), None)
    if curves:
        yield teller.chart(
            "bars", labels, curves, teller.text("项", "targets"), title=title, says=says, addresses=[plan] if plan else ()
        )


def _troubled(teller: Teller, verdicts: Sequence[Row]) -> Iterator[Block]:
    listed = [row for row in verdicts if row["verdict"] in TROUBLED]
    for row in listed:
        verdict = WORDS[row["verdict"]].read(teller.language)
        yield Heading(3, teller.text(f"{_named(teller, row)}：{verdict}", f"{_named(teller, row)}: {verdict}"))
        yield Paragraph(tuple(_reason(teller, row)))
    if not listed:
        yield Paragraph((teller.text("没有偏离或滞后的目标。", "No target is off course or behind."),))
    risks = [
        row
        for row in verdicts
        if row["verdict"] not in (*TROUBLED, "not_measurable") and row.get("projected_verdict") in TROUBLED
    ]
    if risks:
        names = teller.join([_named(teller, row) for row in risks])
        yield Paragraph((teller.text(f"按预测还有落后风险的：{names}。", f"At risk by projection: {names}."),))


def _named(teller: Teller, row: Row) -> str:
    name = teller.read(row["indicator"])
    return teller.text(f"{row['year']}年{name}", f"{name} {row['year']}")


def _reason(teller: Teller, row: Row) -> Iterator[Part]:
    yield teller.text("目标 ", "Target ")
    yield teller.goal(row)
    for zh, en, key in (("，已知 ", ", known ", "actual"), ("，预计 ", ", expected ", "projected")):
        if row[key]:
            yield teller.text(zh, en)
            yield teller.band(row[key])
    yield teller.text("。判定理由：", ". Reason: ")
    yield teller.read(row["reason"])
    yield teller.mark(row["address"])
    yield teller.text("。条文：", ". Clause: ")
    yield _clause(teller, row)
    names = row["organisations"][:MOST]
    if names:
        more = len(row["organisations"]) > MOST
        yield teller.text(f"。责任单位：{teller.join(names)}{'等' if more else ''}", f". Responsible: {teller.join(names)}")
    else:
        yield teller.text("。条文没有写明责任单位", ". The clause names no responsible unit")
    yield teller.text("。", ".")


def _clause(teller: Teller, row: Row) -> Part:
    anchor = row.get("anchor")
    if not anchor:
        return NONE
    return teller.text(
        f"《{anchor['document']}》第{anchor['paragraph']}段", f"{anchor['document']}, paragraph {anchor['paragraph']}"
    )


def _list(teller: Teller, rows: Sequence[Row]) -> Table:
    cells = [
        [
            _named(teller, row),
            teller.goal(row),
            teller.number(row["actual"]),
            teller.number(row["projected"]),
            WORDS[row["verdict"]].read(teller.language),
            teller.read(row["reason"]),
        ]
        for row in rows
    ]
    heads = teller.heads("目标|要求|已知|预计|判定|理由", "target|asked|known|expected|verdict|reason")
    title = teller.text("已达成、按进度和未到期的目标", "Targets met, on course or not due")
    return teller.table(title, heads, (36, 22, 22, 22, 16, 38), cells, right=(1, 2, 3))


def _lacking(teller: Teller, rows: Sequence[Row]) -> Table:
    cells = [
        [
            _named(teller, row),
            teller.goal(row),
            teller.text("；", "; ").join(teller.read(one) for one in row["lacking"]) or teller.read(row["reason"]),
            _who(teller, row),
            _short(teller, row),
        ]
        for row in rows
    ]
    heads = teller.heads("目标|要求|所缺数据|责任单位|条文", "target|asked|lacking|responsible|clause")
    title = teller.text("无法判断的目标及所缺数据", "Targets that cannot be judged, and what is lacking")
    source = teller.text(
        f"来源：dafeng 评估运行 {teller.run}。缺数据不等于未完成，也不等于完成。",
        f"Source: dafeng, run {teller.run}. Lacking data is neither failure nor success.",
    )
    return teller.table(title, heads, (38, 24, 50, 26, 18), cells, right=(1,), source=source)


def _who(teller: Teller, row: Row) -> str:
    return teller.join(row["organisations"][:2]) or NONE


def _short(teller: Teller, row: Row) -> Part:
    anchor = row.get("anchor")
    return teller.text(f"第{anchor['paragraph']}段", f"para. {anchor['paragraph']}") if anchor else NONE
