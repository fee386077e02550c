"""The chapters on data and methods: how good the figures are, which are estimates, by what rules and programs they were made.

Invariant: an estimate is never listed as a record; the run, its versions and the hashes of its inputs are complete.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from dafeng.reports.assessment_peak import tell_draws
from dafeng.reports.blocks import Block, Figure, Heading, Paragraph, Part, Table
from dafeng.reports.teller import NONE, Teller
from dafeng.reports.voice import Row, digits
from dafeng.work.brief_index import strip

MOST = 15
"""Most drivers and findings that are listed."""


def tell_quality(teller: Teller) -> Iterator[Block]:
    """The chapter on data quality.

    Parameters
    ----------
    teller : Teller
        The view and its language.

    Yields
    ------
    Heading, Paragraph, Table or Chart
        In order.
    """
    yield Heading(2, teller.text("数据提示", "Findings in the data"))
    yield from _findings(teller)
    influences = (teller.form.get("pathway") or {}).get("influences")
    if influences:
        yield Heading(2, teller.text("最有影响的估计", "The estimates that matter most"))
        yield from _drivers(teller, influences)
    quality = teller.form.get("quality")
    if quality:
        yield Heading(2, teller.text("清单的不确定性", "Uncertainty of the inventory"))
        yield _interval(teller, quality)
    residual = (teller.form.get("pathway") or {}).get("residual")
    if residual:
        yield Paragraph(
            (
                teller.text(
                    "历史排放中模型未能解释的年际波动为", "Yearly swings of past emissions that the model does not explain: "
                ),
                teller.number(residual["size"]),
                teller.text("，已计入公布数列的达峰分布。", ", part of the distribution as published."),
            )
        )
    yield Heading(2, teller.text("证据等级", "Grades of evidence"))
    yield _grades(teller)


def _findings(teller: Teller) -> Iterator[Block]:
    findings: Sequence[Row] = teller.form.get("findings") or ()
    counts = Counter(row["severity"] for row in findings)
    told = teller.join([f"{teller.word('severity', name)} {counts.get(name, 0)}" for name in ("error", "warning", "info")])
    yield Paragraph((teller.text(f"数据与模型提示共 {len(findings)} 条：{told}。", f"{len(findings)} findings: {told}."),))
    grave = [row for row in findings if row["severity"] in ("error", "warning")]
    if grave:
        rows = [
            [teller.word("severity", row["severity"]), teller.read(row["says"]), teller.read(row["remedy"]), str(row["at"])]
            for row in sorted(grave, key=lambda row: row["severity"] != "error")[:MOST]
        ]
        heads = teller.heads("级别|内容|处理办法|位置", "level|finding|remedy|place")
        title = teller.text("需要处理的提示", "Findings that need attention")
        left = len(grave) - len(rows)
        more = teller.text(f"另有 {left} 条见工作簿。", f"{left} more stand in the workbook.") if left else ""
        source = teller.text(f"来源：dafeng 评估运行 {teller.run}。{more}", f"Source: dafeng, run {teller.run}. {more}")
        yield teller.table(title, heads, (14, 62, 52, 28), rows, source=source)


def _drivers(teller: Teller, influences: Row) -> Iterator[Block]:
    guessed = [row for row in influences["drivers"] if row["guessed"]]
    banded = len(influences["drivers"])
    total = banded + len(influences.get("fixed") or ())
    yield Paragraph(
        (
            teller.text(
                f"路径用到 {total} 项驱动因素，其中 {banded} 项取区间，{len(guessed)} 项是本项目的估计而非本市数据；"
                "下表按其对排放的影响由大到小列出，补齐这些数据最能改变结论。",
                f"{total} drivers enter the pathways; {banded} have a band and {len(guessed)} are estimates of this project, "
                "not figures of the city. Those that move emissions most come first; better data here changes most.",
            ),
        )
    )
    ranked = sorted(influences["drivers"], key=lambda row: -abs(float(row["emitted"]["value"] or 0.0)))[:MOST]
    rows = [
        [
            teller.read(row["label"]),
            teller.word("grade", row["grade"]) if row["grade"] else NONE,
            _band(teller, row["bands"]),
            teller.number(row["emitted"], form="size"),
        ]
        for row in ranked
    ]
    heads = teller.heads("驱动因素|证据|取值（区间）|对排放的影响", "driver|evidence|value (band)|moves emissions by")
    title = teller.text("对排放影响最大的驱动因素", "Drivers that move emissions most")
    yield teller.table(title, heads, (50, 14, 54, 38), rows, right=(2, 3))


def _band(teller: Teller, bands: Sequence[Sequence[object]]) -> Part:
    if not bands:
        return NONE
    year, low, mid, high, unit, address = bands[-1]
    when = f"{year}{teller.text('年 ', ': ')}" if year is not None else ""
    span = teller.text(f"（{_short(low)}–{_short(high)}）", f" ({_short(low)}–{_short(high)}) ")
    return Figure(f"{when}{_short(mid)}{span}{teller.unit(str(unit)) if unit != '1' else ''}", strip(str(address)))


def _short(value: object) -> str:
    return f"{float(str(value)):.4g}".replace("-", "−")


def _interval(teller: Teller, quality: Row) -> Paragraph:
    total, unit = quality["total"], quality["unit"]
    assumed = digits(str(quality["assumed"]), places=1)
    rows = {name: {"value": total[name], "unit": unit, "address": total["address"]} for name in ("value", "low", "high")}
    return Paragraph(
        (
            teller.text(f"{total['year']}年清单合计", f"Total of the inventory {total['year']}: "),
            teller.number(rows["value"]),
            teller.text("，95% 区间 ", ", 95 % interval "),
            teller.number(rows["low"]),
            teller.text("至", " to "),
            teller.number(rows["high"]),
            teller.text(
                f"（{quality['draws']} 次抽样，种子 {quality['seed']}）；方差中 {assumed}% 依据本项目的假设。",
                f" ({quality['draws']} draws, seed {quality['seed']}); {assumed}% of the variance rests "
                "on assumptions of this project.",
            ),
        )
    )


def _grades(teller: Teller) -> Table:
    sources: Sequence[Row] = teller.form.get("sources") or ()
    counts, used = Counter(row["grade"] for row in sources), Counter[str]()
    for row in sources:
        used[row["grade"]] += int(row["used"] or 0)
    rows = [
        [teller.word("grade", grade) if grade else NONE, str(count), str(used[grade])] for grade, count in counts.most_common()
    ]
    heads = teller.heads("证据等级|来源数|被引用次数", "grade|sources|quoted")
    title = teller.text("本次评估引用的来源", "Sources quoted by this assessment")
    return teller.table(title, heads, (76, 40, 40), rows, right=(1, 2), unit=teller.text("个、次", "count"))


def tell_methods(teller: Teller) -> Iterator[Block]:
    """The chapter on methods, versions and the run.

    Parameters
    ----------
    teller : Teller
        The view and its language.

    Yields
    ------
    Heading, Paragraph, Table or Chart
        In order.
    """
    run = teller.form["run"]
    instant = run["at"][:16].replace("T", " ")
    yield Heading(2, teller.text("方法", "Methods"))
    yield Paragraph((_ways(teller),))
    methods = teller.form.get("methods") or ()
    if methods:
        rows = [[teller.read(row["title"]), str(row["edition"]), str(row.get("source") or NONE)] for row in methods]
        heads = teller.heads("核算方法|版本|来源", "method|edition|source")
        yield teller.table(teller.text("核算方法", "Accounting methods"), heads, (90, 26, 40), rows)
    yield Heading(2, teller.text("运行与输入", "Run and inputs"))
    yield Paragraph(
        (
            teller.text(
                f"运行 {run['id']}，时间 {instant}（UTC）。同一运行重写本报告，各文件逐字节相同。",
                f"Run {run['id']}, {instant} UTC. Written again from this run, each file is the same to the byte.",
            ),
        )
    )
    versions = [[name, str(version or NONE)] for name, version in run["versions"].items()]
    yield teller.table(teller.text("程序版本", "Versions"), teller.heads("程序|版本", "program|version"), (78, 78), versions)
    documents = [[row["title"] or row["name"] or NONE, row["sha256"] or NONE] for row in teller.form.get("documents") or ()]
    inputs = [[row["name"], row["sha256"] or NONE] for row in run["inputs"]]
    heads = teller.heads("文件|校验值（sha256）", "file|sha256")
    title = teller.text("方案文件与输入的校验值", "Hashes of plan and inputs")
    yield teller.table(title, heads, (38, 118), [*documents, *inputs])


def _ways(teller: Teller) -> str:
    pathway, power = teller.form.get("pathway"), teller.form.get("power")
    zh = ["目标判定按证据：缺数据判为无法判断，只有预测的注明预测"]
    en = ["Targets are judged by evidence: without data they cannot be judged, and a projection is told as one"]
    if pathway:
        zh.append(f"排放路径由分部门模型抽样得出{tell_draws(teller, pathway)}")
        en.append(f"pathways are drawn from a model by sectors{tell_draws(teller, pathway)}")
    if power:
        zh.append("电力逐时平衡由线性规划求解，并以对偶证书核对")
        en.append("the power balance is a linear program of every hour, checked by a dual certificate")
    zh.append("矛盾由最小不相容组合逐一列出")
    en.append("contradictions are listed as minimal sets")
    return teller.text("；".join(zh) + "。", "; ".join(en) + ".")
