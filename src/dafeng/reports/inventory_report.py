"""The report of an inventory in words and tables, written from its figures.

Invariant: a sentence stands only where a figure or a declared key stands behind it, and every figure brings its address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dafeng.core.labels import Language
from dafeng.reports import inventory_tables as tables
from dafeng.reports.blocks import Block, Figure, Heading, Paragraph, Part, Report
from dafeng.reports.voice import Voice, digits

Row = Mapping[str, Any]


def write_report(form: Row, language: Language) -> Report:
    """Report of an inventory.

    Parameters
    ----------
    form : mapping
        ``work.inventory_form.inventory_form``.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    Report
        Overview, boundary and methods, results, fields, quality, gaps, and the factors used.
    """
    voice = Voice(form, language)
    parts = (_overview, _methods, _results, _fields, _quality, _gaps, _factors)
    return Report(
        title=voice.title + voice.text("报告", " (report)"),
        subtitle=voice.text(
            "由活动数据与因子自动写成，数字均可追溯", "written from data and factors; every figure can be traced"
        ),
        language=language,
        blocks=tuple(block for part in parts for block in part(voice)),
    )


def _overview(voice: Voice) -> Iterator[Block]:
    yield Heading(1, voice.text("概述", "Overview"))
    place, year, gross = voice.read(voice.form["place"]["label"]), voice.form["year"], voice.line("gross")
    if gross["co2e"] is None:
        yield voice.say(
            voice.text(
                f"{place}{year}年没有可核算的直接排放。", f"No direct emissions of {place} could be computed for {year}."
            )
        )
        return
    yield voice.say(
        voice.text(
            f"{year}年，{place}温室气体直接排放（不含土地利用变化和林业）为",
            f"The direct greenhouse gas emissions of {place} in {year}, without land-use change and forestry, are ",
        ),
        voice.amount(gross),
        *_net(voice, gross),
        voice.text("。", "."),
    )
    yield from _brought_in(voice)
    yield _ranking(voice, voice.form["by_field"], voice.text("分领域看：", "By field: "))
    yield _ranking(voice, voice.form["by_gas"], voice.text("分气体看（按二氧化碳当量）：", "By gas, as equivalents: "))
    if gross["says"]:
        yield voice.say(voice.text("上述合计", "This total is "), voice.read(gross["says"]), voice.text("。", "."))


def _net(voice: Voice, gross: Row) -> Iterator[Part]:
    """The total with forestry where it differs, and its interval."""
    net, interval = voice.line("net"), voice.form["uncertainty"]
    if net["co2e"] != gross["co2e"] and net["co2e"] is not None:
        yield voice.text("；计入土地利用变化和林业后为", "; with them ")
        yield voice.amount(net)
    if interval is not None:
        yield voice.text("，95% 区间", ", 95 % interval ")
        yield Figure(_span(voice, interval), interval["address"])


def _span(voice: Voice, interval: Row) -> str:
    low, high = digits(interval["low"]), digits(interval["high"])
    return voice.text(f"{low}万吨至{high}万吨", f"{low} to {high} × 10⁴ tCO2e")


def _brought_in(voice: Voice) -> Iterator[Block]:
    """What stands beside the direct emissions."""
    for line in voice.lines:
        if line["level"] == 0 and line["scope"] == 2 and line["co2e"] is not None:
            yield voice.say(
                voice.text(f"{voice.read(line['label'])}为", f"{_capital(voice.read(line['label']))}: "),
                voice.amount(line),
                voice.text("，不计入直接排放。", ", not part of the direct emissions."),
            )


def _ranking(voice: Voice, rows: Sequence[Row], start: str) -> Paragraph:
    parts: list[Part] = [start]
    for at, row in enumerate(rows):
        name, share = voice.read(row["label"]), f"{row['share']}%" if row["share"] is not None else "—"
        gap = " " if name[-1].isascii() else ""
        parts += [f"{voice.text('；', '; ') if at else ''}{name}{gap}", voice.amount(row)]
        parts.append(voice.text(f"，占 {share}", f" ({share})"))
    return voice.say(*parts, voice.text("。", "."))


def _methods(voice: Voice) -> Iterator[Block]:
    form, guide = voice.form, voice.form["guide"]
    place = voice.read(form["place"]["label"])
    yield Heading(1, voice.text("边界与方法", "Boundary and methods"))
    yield voice.say(
        voice.text(
            f"本清单按《{voice.read(guide['label'])}》（{guide['id']}）编制，范围为{place}"
            f"（行政区划代码 {form['place']['code']}）{form['year']}年的直接排放；电力、热力的调入调出列为信息项。",
            f"The inventory follows the {voice.read(guide['label'])} ({guide['id']}) and covers the direct emissions of "
            f"{place} (code {form['place']['code']}) in {form['year']}; electricity and heat brought in stand beside them.",
        )
    )
    yield _potentials(voice)
    yield tables.list_methods(voice)
    if form["unknown"]:
        yield tables.list_unknown(voice)


def _potentials(voice: Voice) -> Paragraph:
    standard, says = voice.form["warming"]["id"].upper(), voice.read(voice.form["warming"]["says"])
    listed = [one for one in voice.form["potentials"] if "address" in one]
    parts: list[Part] = [
        voice.text(f"气体按 {standard} 的增温潜势折算，二氧化碳为 1", f"Gases count by the potentials of {standard}: CO2 1")
    ]
    for one in listed:
        parts += [f"{voice.text('，', ', ')}{voice.read(one['label'])} ", Figure(one["value"], one["address"])]
    return voice.say(*parts, voice.text("。", ". "), _capital(says), voice.text("。", "."))


def _results(voice: Voice) -> Iterator[Block]:
    yield Heading(1, voice.text("结果", "Results"))
    yield Heading(2, voice.text("清单汇总", "Summary of the inventory"))
    yield tables.list_lines(voice)
    if voice.form["fuels"]["rows"]:
        yield Heading(2, voice.text("化石燃料燃烧的品种与部门", "Fuels by sector"))
        yield tables.list_fuels(voice)
    yield Heading(2, voice.text("其他口径的合计", "Totals of the other layouts"))
    yield tables.list_layouts(voice)
    if len(voice.form["years"]) > 1:
        yield Heading(2, voice.text("各年合计", "Totals by year"))
        yield tables.list_years(voice)


def _fields(voice: Voice) -> Iterator[Block]:
    yield Heading(1, voice.text("分领域情况", "The fields"))
    for line in voice.lines:
        if line["level"] == 0 and not line["total"]:
            yield Heading(2, _capital(voice.read(line["label"])))
            if line["co2e"] is None:
                yield _without(voice, line)
            else:
                yield voice.say(*_field(voice, line))
                yield tables.list_cells(voice, line)


def _without(voice: Voice, line: Row) -> Paragraph:
    said = (
        f"{line['key']}（{voice.read(line['key_says'])}）"
        if voice.language == "zh"
        else f"{line['key']} ({voice.read(line['key_says'])})"
    )
    reason = voice.read(line["says"])
    tail = voice.text(f"，{reason}。", f"; {reason}.") if reason else voice.text("。", ".")
    return voice.say(voice.text("本领域没有结果，标识为 ", "No result; its notation key is "), said, tail)


def _field(voice: Voice, line: Row) -> Iterator[Part]:
    """Sum of a field, its parts, and the parts that have no result."""
    below = [one for one in voice.lines if one["level"] == 1 and one["code"].startswith(f"{line['code']}.")]
    known = [one for one in below if one["co2e"] is not None]
    yield voice.text("本领域合计", "This field sums to ")
    yield voice.amount(line)
    for at, one in enumerate(known):
        yield voice.text("，其中" if at == 0 else "、", ", of which " if at == 0 else ", ") + voice.read(one["label"]) + " "
        yield Figure(digits(one["co2e"]), one["address"])
    yield voice.text("。", ".")
    lacking = [f"{one['code']} {voice.read(one['label'])} {one['key']}" for one in below if one["co2e"] is None]
    if lacking:
        yield voice.text(
            f"没有结果的有 {len(lacking)} 项：{voice.join(lacking)}。",
            f" Without a result ({len(lacking)}): {voice.join(lacking)}.",
        )
    if line["missing"]:
        yield voice.text(
            f"另有 {line['missing']} 项因缺少因子未能计入，合计偏低。",
            f" {line['missing']} results lack a factor and are not in it: the sum is too low.",
        )


def _quality(voice: Voice) -> Iterator[Block]:
    form = voice.form
    yield Heading(1, voice.text("不确定性与质量", "Uncertainty and quality"))
    if form["uncertainty"] is not None:
        yield from _interval(voice, form["uncertainty"])
    if form["evidence"]:
        yield _evidence(voice)
    inexact = sum(row["match"] != "exact" for row in form["factors"])
    yield voice.say(
        voice.text(
            f"共用因子 {len(form['factors'])} 个，其中 {inexact} 个与所求不完全一致，列于附录。",
            f"{len(form['factors'])} factors were used; {inexact} of them, marked in the appendix, did not match exactly.",
        )
    )
    equal = sum(one["holds"] for one in form["checks"])
    yield voice.say(
        voice.text(
            f"合计与分项之和核对 {len(form['checks'])} 处，逐位相符 {equal} 处。",
            f"{len(form['checks'])} totals were checked against their parts; {equal} agree to the last digit.",
        )
    )
    counts = {name: sum(one["severity"] == name for one in form["findings"]) for name in ("error", "warning", "info")}
    said = voice.join([f"{voice.word('severity', name)} {count}" for name, count in counts.items()])
    yield voice.say(voice.text(f"核算提示 {len(form['findings'])} 条：{said}。", f"{len(form['findings'])} findings: {said}."))


def _interval(voice: Voice, found: Row) -> Iterator[Block]:
    relative = "" if found["relative"] is None else f"±{digits(repr(found['relative']), places=1)}%"
    yield voice.say(
        voice.text("合计（含林业）的 95% 区间为", "The 95 % interval of the total with forestry is "),
        Figure(_span(voice, found), found["address"]),
        voice.text(
            f"（{found['draws']} 次抽样，种子 {found['seed']}"
            f"{f'；误差传播 {relative}' if relative else ''}）；方差中 {_part(found['assumed'])} 依据本项目的假设。",
            f" ({found['draws']} draws, seed {found['seed']}{f'; propagation {relative}' if relative else ''}); "
            f"{_part(found['assumed'])} of the variance rests on assumptions of this project.",
        ),
    )
    yield tables.list_intervals(voice)


def _part(percent: float | None) -> str:
    return "—" if percent is None else f"{digits(repr(percent), places=1)}%"


def _evidence(voice: Voice) -> Paragraph:
    said = [
        voice.text(
            f"{voice.word('grade', one['grade'])} {one['count']} 项，占排放量绝对值之和的 {one['share']}%",
            f"{voice.word('grade', one['grade'])} {one['count']} ({one['share']}% of the sum of absolute amounts)",
        )
        for one in voice.form["evidence"]
    ]
    joined = voice.text("；", "; ").join(said)
    return voice.say(
        voice.text(
            f"按各结果所用数据和因子中最弱的证据等级分：{joined}。", f"Results by the weakest evidence they rest on: {joined}."
        )
    )


def _gaps(voice: Voice) -> Iterator[Block]:
    yield Heading(1, voice.text("缺口", "Gaps"))
    open_lines = tables.list_gaps(voice)
    if open_lines is not None:
        yield open_lines
    missing = list(dict.fromkeys(voice.read(one["label"]) for one in voice.form["missing"]))
    if missing:
        yield voice.say(
            voice.text(
                f"有活动数据而缺因子、未计入的 {len(missing)} 项：{'；'.join(missing)}。",
                f"With activity data but without a factor, not counted ({len(missing)}): {'; '.join(missing)}.",
            )
        )
    errors = tables.list_errors(voice)
    if errors is not None:
        yield errors
    if open_lines is None and not missing:
        count = sum(not line["total"] for line in voice.lines)
        yield voice.say(voice.text(f"清单 {count} 行都有结果。", f"All {count} lines have a result."))


def _factors(voice: Voice) -> Iterator[Block]:
    yield Heading(1, voice.text("附录：因子及其出处", "Appendix: factors and their sources"))
    yield tables.list_factors(voice)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
