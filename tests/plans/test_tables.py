"""Tables of targets, tasks and projects; cities, figures and sentences are invented."""

from __future__ import annotations

import io
from decimal import Decimal

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.plans.read import read_plan_text
from dafeng.plans.storage import load_plan, write_plan
from dafeng.readers.documents import read_document
from tests.plans.conftest import document_of
from tests.plans.tabled import document_with

HEAD = "云溪市碳达峰实施方案\n为推进碳达峰，制定本方案。\n一、主要目标"
TAIL = "二、重点任务\n（一）发展光伏。建设屋顶光伏。"
WIDE = [
    ["序号", "类别", "指标", "单位", "2020年", "目标值", "<", "属性", "责任部门"],
    ["^", "^", "^", "^", "^", "2025年", "2030年", "^", "^"],
    ["1", "能源", "非化石能源消费比重", "%", "12.3", "≥18", "25左右", "约束性", "市发展改革委"],
    ["2", "^", "煤炭消费总量", "万吨", "1200", "1100以内", "—", "预期性", "市发展改革委、市生态环境局"],
    ["3", "^", "单位地区生产总值能源消耗降低", "%", "—", "〔13.5〕", "完成省下达任务", "约束性", "市发展改革委"],
    ["4", "^", "光伏发电装机容量（万千瓦）", "", "120", "300", "500-600", "预期性", "市能源局"],
    ["5", "^", "其中：分布式", "万千瓦", "60", "150", "", "预期性", "^"],
    ["6", "生态", "森林覆盖率", "%", "40.1", "41.5", "持续提升", "预期性", "市林业局"],
    ["7", "^", "单位地区生产总值二氧化碳排放下降", "%", "", "-18", "", "约束性", "市生态环境局"],
]  # fmt: skip


def table_of(*rows, head=HEAD, caption="表1 主要目标", tail=TAIL):
    return read_plan_text(document_with(head, caption, list(rows), tail), place="990100")


@pytest.fixture(scope="module")
def document():
    return document_with(HEAD, "表1 碳达峰主要目标", WIDE, "注：〔〕内为五年累计数。\n" + TAIL)


@pytest.fixture(scope="module")
def plan(document):
    return read_plan_text(document, place="990100")


def test_every_value_of_a_year_ahead_is_a_target(plan):
    assert [(t.indicator, t.year, t.comparator, str(t.value), t.unit) for t in plan.targets] == [
        ("非化石能源消费比重", 2025, ">=", "18", "%"),
        ("非化石能源消费比重", 2030, "~", "25", "%"),
        ("煤炭消费总量", 2025, "<=", "1100", "万吨"),
        ("单位地区生产总值能源消耗", 2025, ">=", "13.5", "%"),
        ("光伏发电装机容量", 2025, ">=", "300", "万千瓦"),
        ("光伏发电装机容量", 2030, ">=", "500", "万千瓦"),
        ("分布式光伏发电装机容量", 2025, ">=", "150", "万千瓦"),
        ("森林覆盖率", 2025, ">=", "41.5", "%"),
        ("单位地区生产总值二氧化碳排放", 2025, ">=", "18", "%"),
    ]


def test_values_of_the_base_year_are_achieved(plan):
    achieved = [(o.indicator, o.year, str(o.value)) for o in plan.others if o.kind == "achieved"]
    assert achieved[:2] == [("非化石能源消费比重", 2020, "12.3"), ("煤炭消费总量", 2020, "1200")]


def test_nature_and_base_value_are_kept(plan):
    kept = {(t.indicator, t.year): (t.nature, t.base_value) for t in plan.targets}
    assert kept["非化石能源消费比重", 2030] == ("binding", Decimal("12.3"))
    assert kept["单位地区生产总值能源消耗", 2025] == ("binding", None)


def test_a_change_has_direction_and_base_year(plan):
    changes = {t.indicator: (t.direction, t.base_year) for t in plan.targets if t.indicator.startswith("单位")}
    assert set(changes.values()) == {("decrease", 2020)}


def test_a_range_and_a_part_are_read(plan):
    by_name = {(t.indicator, t.year): t for t in plan.targets}
    assert by_name["光伏发电装机容量", 2030].upper == 600
    assert by_name["分布式光伏发电装机容量", 2025].part_of == by_name["光伏发电装机容量", 2025].id


def test_words_in_a_cell_are_goals(plan):
    assert [(g.kind, g.text, g.year) for g in plan.goals] == [
        ("delegated", "单位地区生产总值能源消耗", 2030),
        ("trackable", "森林覆盖率", 2030),
    ]


def test_responsible_columns_and_merged_cells_give_organisations(plan):
    by_name = {(t.indicator, t.year): t.organisations for t in plan.targets}
    assert by_name["煤炭消费总量", 2025] == ("市发展改革委", "市生态环境局")
    assert by_name["分布式光伏发电装机容量", 2025] == ("市能源局",)


def test_the_figure_shows_its_characters_and_the_anchor_its_row(plan, document):
    shown = [(document.text[slice(*t.figure)], document.text[t.anchor.start : t.anchor.end]) for t in plan.targets]
    assert [figure for figure, _ in shown][:4] == ["18", "25", "1100", "13.5"]
    assert all(figure in row for figure, row in shown)


def test_the_anchor_names_a_paragraph_of_its_row(plan, document):
    paragraphs = [document.paragraphs[t.anchor.paragraph] for t in plan.targets]
    assert all(p.start <= t.anchor.start < p.end for p, t in zip(paragraphs, plan.targets, strict=True))


def test_a_table_gives_no_task_of_its_own(plan):
    assert [task.title for task in plan.tasks] == ["发展光伏"]


def test_a_plan_with_tables_is_kept_and_loaded(plan):
    assert load_plan(write_plan(plan)).targets == plan.targets


def test_a_target_in_text_and_table_is_one_with_two_places():
    head = HEAD + "\n到2025年，非化石能源占能源消费比重达到18%以上。"
    rows = [["指标", "单位", "2020年", "2025年", "属性"], ["非化石能源消费比重", "%", "12.3", "18", "约束性"]]
    found = table_of(*rows, head=head).targets
    assert [(t.indicator, len(t.also), t.nature, t.base_value) for t in found] == [
        ("非化石能源占能源消费比重", 1, "binding", Decimal("12.3"))
    ]


def test_another_indicator_with_the_same_figure_stays_another():
    rows = [["指标", "单位", "2025年"], ["森林覆盖率", "%", "18"], ["再生水利用率", "%", "25"]]
    found = table_of(*rows, head=HEAD + "\n到2025年，非化石能源消费比重达到18%以上。").targets
    assert [t.indicator for t in found] == ["非化石能源消费比重", "森林覆盖率", "再生水利用率"]


@pytest.mark.parametrize(
    ("cell", "comparator", "value"),
    [
        ("≥20", ">=", "20"),
        ("20左右", "~", "20"),
        ("约20", "~", "20"),
        ("不低于20%", ">=", "20"),
        ("0.95以内", "<=", "0.95"),
        ("<15", "<", "15"),
        ("超过30", ">", "30"),
        ("到2025年达到20%", ">=", "20"),
        ("20*", ">=", "20"),
        ("降至20以下", "<=", "20"),
        ("1,200", ">=", "1200"),
    ],
)
def test_cells_are_read_with_their_side(cell, comparator, value):
    found = table_of(["指标", "单位", "2025年"], ["甲类指标占比", "%", cell], ["乙类指标占比", "%", "7"]).targets
    assert (found[0].comparator, str(found[0].value)) == (comparator, value)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("下降13.5%", "13.5"), ("降低14%以上", "14"), ("-14%", "14"), ("比2020年下降18%", "18"), ("[13.5]", "13.5")],
)
def test_cells_of_change_are_falls_against_the_base_year(cell, value):
    rows = [["指标", "2020年实际", "2025年目标"], ["单位地区生产总值能耗降低（%）", "—", cell], ["森林覆盖率（%）", "40", "41"]]
    first = table_of(*rows).targets[0]
    assert (str(first.value), first.direction, first.base_year, first.indicator) == (
        value,
        "decrease",
        2020,
        "单位地区生产总值能耗",
    )


@pytest.mark.parametrize("cell", ["—", "-", "/", "", "——", "待定", "20 30", "第3档20"])
def test_empty_and_ambiguous_cells_give_no_target(cell):
    found = table_of(["指标", "单位", "2025年"], ["甲类指标占比", "%", cell], ["乙类指标占比", "%", "7"]).targets
    assert [t.indicator for t in found] == ["乙类指标占比"]


def test_a_cell_with_two_figures_is_told():
    found = table_of(["指标", "单位", "2025年"], ["甲类指标占比", "%", "20 30"], ["乙类指标占比", "%", "—"]).findings
    assert [finding.rule for finding in found if finding.rule == "plan.unread"] == ["plan.unread"]


def test_a_year_that_only_the_caption_names_is_less_sure():
    found = table_of(
        ["指标", "目标值"], ["森林覆盖率（%）", "41"], ["绿色建筑占比（%）", "90"], caption="表2 2027年主要指标"
    ).targets
    assert [(t.year, t.reason) for t in found] == [(2027, "heading_year")] * 2


def test_a_value_without_any_year_is_no_target():
    found = table_of(["指标", "目标值"], ["森林覆盖率（%）", "41"], ["绿色建筑占比（%）", "90"], caption="表2 主要指标")
    assert (found.targets, [o.kind for o in found.others]) == ((), ["undated", "undated"])


def test_a_sum_over_five_years_is_cumulative_with_its_period():
    rows = [
        ["指标", "2020年", "2025年", "年均增速（%）", "累计"],
        ["造林面积（万亩）", "", "", "", "[20]"],
        ["粮食产量（万吨）", "50", "55", "2", ""],
    ]
    found = {t.indicator: t for t in table_of(*rows).targets}
    assert (found["造林面积"].counting, found["造林面积"].period, found["造林面积"].unit) == ("cumulative", "2021/2025", "万亩")
    assert (found["粮食产量年均增速"].value, found["粮食产量年均增速"].unit) == (2, "%")


def test_rows_of_one_cell_give_the_nature_of_those_below():
    rows = [
        ["指标", "2025年"],
        ["约束性指标", "<"],
        ["森林覆盖率（%）", "41"],
        ["预期性指标", "<"],
        ["人均水资源量（立方米）", "300"],
    ]
    assert [t.nature for t in table_of(*rows).targets] == ["binding", "expected"]


def test_a_unit_in_the_caption_holds_for_all():
    rows = [["指标", "2022年实际", "2025年目标"], ["风电装机", "120", "200"], ["光伏装机", "100", "300"]]
    assert {t.unit for t in table_of(*rows, caption="表3 装机目标（单位：万千瓦）").targets} == {"万千瓦"}


def test_a_table_that_goes_on_over_a_page_keeps_its_headings():
    first = [["指标", "单位", "2025年"], ["森林覆盖率", "%", "41"]]
    second = [["湿地保护率", "%", "60"], ["再生水利用率", "%", "25"]]
    plan = read_plan_text(document_with(HEAD, first, second, TAIL))
    assert [t.indicator for t in plan.targets] == ["森林覆盖率", "湿地保护率", "再生水利用率"]


def test_a_table_that_is_not_understood_gives_no_target_and_no_part():
    rows = [["甲", "乙"], ["1、丙", "到2025年，森林覆盖率达到41%，全市绿化水平明显提升。"]]
    plan = read_plan_text(document_with(HEAD, rows, TAIL))
    assert [t.indicator for t in plan.targets] == ["森林覆盖率"]
    assert [task.title for task in plan.tasks] == ["发展光伏"]


def test_a_frame_of_one_cell_is_running_text():
    plan = read_plan_text(document_with("云溪市方案", [["一、任务\n（一）发展光伏。到2025年，光伏装机达到30万千瓦。"]]))
    assert ([t.indicator for t in plan.targets], [t.title for t in plan.tasks]) == (["光伏装机"], ["发展光伏"])


TASKS = [
    ["序号", "重点任务", "主要内容", "牵头单位", "配合单位", "完成时限"],
    ["一、能源绿色低碳转型", "<", "<", "<", "<", "<"],
    ["1", "发展海上风电", "到2027年海上风电装机达到80万千瓦。", "市发展改革委", "市自然资源局、市海洋局，各县政府", "2027年"],
    ["2", "推广屋顶光伏", "推进整县屋顶分布式光伏开发。", "市能源局", "市住房城乡建设局等", "“十四五”期间"],
    ["3", "发展光伏", "建设屋顶光伏", "市能源局", "", "长期"],
]  # fmt: skip


@pytest.fixture(scope="module")
def tasked():
    return read_plan_text(
        document_with("云溪市方案\n为推进工作，制定本方案。", TAIL, "附件1\n重点任务分工表", TASKS), place="990100"
    )


def test_rows_of_a_table_of_tasks_are_tasks(tasked):
    assert [(t.number, t.title, t.chapter, t.due) for t in tasked.tasks] == [
        ("（一）", "发展光伏", "二、重点任务", None),
        ("1", "发展海上风电", "一、能源绿色低碳转型", 2027),
        ("2", "推广屋顶光伏", "一、能源绿色低碳转型", 2025),
    ]


def test_columns_tell_who_leads_and_who_supports(tasked):
    assert [(t.leads, t.supports, t.open_list) for t in tasked.tasks[1:]] == [
        (("市发展改革委",), ("市自然资源局", "市海洋局", "各县政府"), False),
        (("市能源局",), ("市住房城乡建设局",), True),
    ]


def test_a_row_that_repeats_a_task_of_the_text_tells_who_leads_it(tasked):
    assert (tasked.tasks[0].title, tasked.tasks[0].leads) == ("发展光伏", ("市能源局",))


def test_targets_in_a_row_belong_to_its_task(tasked):
    assert [(t.indicator, t.task) for t in tasked.targets] == [("海上风电装机", tasked.tasks[1].id)]


def test_time_limits_are_kept_and_loaded(tasked):
    assert load_plan(write_plan(tasked)).tasks == tasked.tasks


def test_contents_under_one_merged_task_are_tasks_of_their_own():
    rows = [
        ["重点任务", "工作措施", "责任单位", "完成时限"],
        ["发展风电", "建设东湾风电场。", "市能源局", "2025年"],
        ["^", "建设西湾风电场，完善送出线路。", "市发展改革委", "2026年"],
    ]
    tasks = read_plan_text(document_with("云溪市方案", rows)).tasks
    assert [(t.title, t.section, t.due) for t in tasks] == [
        ("建设东湾风电场", "发展风电", 2025),
        ("建设西湾风电场，完善送出线路", "发展风电", 2026),
    ]


def test_figures_of_a_table_of_projects_are_projects():
    rows = [
        ["序号", "项目名称", "建设规模", "总投资（亿元）", "建设年限"],
        ["1", "东湾风电场", "50万千瓦", "60", "2023-2027"],
        ["2", "西湾抽水蓄能电站", "装机120万千瓦", "80.5", "2024-2030"],
    ]
    plan = read_plan_text(document_with("云溪市方案\n附件2\n重大项目清单", rows))
    assert plan.targets == ()
    assert [(o.kind, o.indicator, str(o.value), o.unit) for o in plan.others] == [
        ("project", "东湾风电场", "50", "万千瓦"),
        ("project", "东湾风电场", "60", "亿元"),
        ("project", "西湾抽水蓄能电站", "120", "万千瓦"),
        ("project", "西湾抽水蓄能电站", "80.5", "亿元"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "指标\n单位\n2020年\n这里没有表格，只有几行短句。\n到2025年，森林覆盖率达到41%。",
        "2021年11月3日\n指标体系\n（一）绿化。到2025年，森林覆盖率达到41%。",
        "目标 指标 2025年\n森林 覆盖率 提升\n到2025年，森林覆盖率达到41%。",
    ],
)
def test_short_lines_are_no_table(text):
    assert [t.indicator for t in read_plan_text(document_of(text)).targets] == ["森林覆盖率"]


def test_a_table_of_a_word_file_is_read():
    file = docx.Document()
    file.add_paragraph("云溪市碳达峰实施方案")
    table = file.add_table(rows=2, cols=4)
    for row, cells in zip(table.rows, [["指标", "单位", "2020年", "2025年"], ["森林覆盖率", "%", "40", "41"]], strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    stream = io.BytesIO()
    file.save(stream)
    document, _ = read_document(stream.getvalue())
    assert [(t.indicator, t.year, t.base_value) for t in read_plan_text(document).targets] == [("森林覆盖率", 2025, 40)]


CELLS = [
    "序号", "类别", "指标", "单位", "2020年", "2025年", "2030年目标", "属性", "责任部门", "年均/累计",
    "重点任务", "主要内容", "牵头单位", "完成时限", "项目名称", "总投资（亿元）", "1", "20", "≥20",
    "〔13.5〕", "-14%", "12.5-13", "完成省下达任务", "—", "", "%", "万千瓦", "森林覆盖率（%）",
    "其中：分布式", "约束性", "市发展改革委", "2025年底", "到2025年，森林覆盖率达到41%。", "一、能源", "<",
    "^", "1.发展风电",
]  # fmt: skip


@given(
    st.integers(1, 6).flatmap(
        lambda width: st.lists(st.lists(st.sampled_from(CELLS), min_size=width, max_size=width), max_size=7)
    )
)
@settings(max_examples=300, deadline=None)
def test_no_table_of_plan_words_breaks_the_reader(rows):
    rows = [[cell.replace("<", "") if at == 0 else cell for at, cell in enumerate(row)] for row in rows]
    document = document_with("云溪市方案", "表1 主要指标", rows, TAIL)
    plan = read_plan_text(document)
    assert all(document.text[slice(*t.figure)] and t.anchor.start <= t.figure[0] for t in plan.targets)
    assert load_plan(write_plan(plan)) == plan


NAMES = ["非化石能源消费比重", "森林覆盖率", "再生水利用率", "绿色出行比例", "湿地保护率", "污水处理率"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(NAMES),
            st.decimals(1, 40, places=1),
            st.decimals(41, 99, places=1),
            st.sampled_from(["约束性", "预期性"]),
        ),
        min_size=2,
        unique_by=lambda row: row[0],
    ),
    st.booleans(),
)
def test_a_table_of_random_targets_is_read_back(rows, stacked):
    cells = [
        ["指标", "单位", "2020年", "2030年", "属性"],
        *([name, "%", str(base), str(aim), nature] for name, base, aim, nature in rows),
    ]
    lines = "\n".join(cell for row in cells for cell in row)
    plan = read_plan_text(document_of(f"{HEAD}\n{lines}\n{TAIL}") if stacked else document_with(HEAD, cells, TAIL))
    natures = {"binding": "约束性", "expected": "预期性"}
    assert [(t.indicator, t.base_value, t.value, natures[t.nature]) for t in plan.targets] == rows


def test_a_heading_by_style_above_a_caption_stays_a_heading():
    file = docx.Document()
    file.add_paragraph("云溪市碳达峰实施方案")
    file.add_heading("主要目标", 1)
    file.add_paragraph("表1 主要指标")
    table = file.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, [["指标", "2025年"], ["森林覆盖率（%）", "41"]], strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    file.add_heading("重点任务", 1)
    file.add_heading("发展光伏", 2)
    file.add_paragraph("建设屋顶光伏。")
    stream = io.BytesIO()
    file.save(stream)
    plan = read_plan_text(read_document(stream.getvalue())[0])
    assert [(task.title, task.chapter) for task in plan.tasks] == [("发展光伏", "重点任务")]
    assert [target.task for target in plan.targets] == [None]
