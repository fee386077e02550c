"""Responsible organisations in the forms that plans use: ``organisations.yaml`` is the table; names are invented."""

from __future__ import annotations

import csv
import re
from datetime import date
from importlib.resources import files
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.library.strict import load_yaml
from dafeng.plans.gazetteer import recognise
from dafeng.plans.organisations import canonical, find_duty, join_duties, read_list
from dafeng.plans.script import clean
from tests.plans.conftest import document_of

CASES = load_yaml(Path(__file__).parent / "organisations.yaml")["cases"]
FORMS = 24
ROWS = [*csv.DictReader(
    line
    for line in files("dafeng").joinpath("data/plans/organisations.csv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
)]  # fmt: skip
DEPARTMENTS = ["发展改革委", "财政局", "工业和信息化局", "住房城乡建设局", "生态环境局", "交通运输局", "文化旅游局", "统计局"]
HOSTILE = [
    "（",
    "）",
    "（）",
    "责任单位：",
    "（责任单位：",
    "由市财政局牵头，",
    "牵头",
    "等",
    "各市、",
    "县、",
    "（市）",
    "市财政局",
    "和",
    "〔",
    "按照",
]


def cleaned(text):
    return clean(document_of(text).paragraphs[0]).text


def said(mention):
    """A mention in the form of the table."""
    role = "" if mention.role == "responsible" else f" | {mention.role}"
    return re.sub(r"\s", "", mention.name + "*" * mention.collective + role)


def wanted(case):
    return [re.sub(r"\s", "", str(line)) for line in case["organisations"]]


def names(text, **options):
    return [mention.name for mention in find_duty(text, **options).mentions]


@pytest.mark.parametrize("case", CASES, ids=[f"{case['form']}-{number}" for number, case in enumerate(CASES)])
def test_a_text_names_its_organisations_and_no_other(case):
    duty = find_duty(cleaned(case["text"]))
    assert [said(mention) for mention in duty.mentions] == wanted(case)
    assert duty.open_list is case.get("open", False)


def test_the_table_covers_all_forms():
    assert len({case["form"] for case in CASES}) >= FORMS


@pytest.mark.parametrize("case", [case for case in CASES if case["organisations"]], ids=lambda case: case["form"])
def test_a_range_holds_the_names_it_gave(case):
    text = cleaned(case["text"])
    duty = find_duty(text)
    covered = "".join(text[start:end] for start, end in duty.spans)
    assert all(part in covered for mention in duty.mentions for part in mention.written.split("、"))


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("市发展和改革委员会", "市发展改革委"),
        ("临溪市发展和改革委员会", "临溪市发展改革委"),
        ("国家发改委", "国家发展改革委"),
        ("省工信厅", "省工业和信息化厅"),
        ("住建部", "住房城乡建设部"),
        ("省文旅厅", "省文化和旅游厅"),
        ("市资源规划局", "市自然资源和规划局"),
        ("市规自局", "市规划和自然资源局"),
        ("市自然资源局", "市自然资源局"),
        ("市市监局", "市市场监管局"),
        ("市场监管局", "市场监管局"),
        ("国家市场监督管理总局", "市场监管总局"),
        ("县卫健局", "县卫生健康局"),
        ("市委网络安全和信息化委员会办公室", "市委网信办"),
        ("白石区人民政府", "白石区政府"),
        ("临溪高新区管理委员会", "临溪高新区管委会"),
        ("人民银行临溪市中心支行", "人民银行临溪市分行"),
        ("人民银行杭州中心支行", "人民银行浙江省分行"),
        ("临溪银保监分局", "国家金融监管总局临溪监管分局"),
        ("蓝湖集团", "蓝湖集团"),
    ],
)
def test_an_organisation_has_one_name(written, name):
    assert canonical(written) == name


def test_names_that_differ_by_province_stay_apart():
    assert canonical("市经信局") == "市经济和信息化局" != canonical("市工信局")
    assert canonical("市经信委") == "市经济和信息化委"
    assert canonical("市经信委", place="370600") == "市工业和信息化局"


def test_a_name_can_hold_in_one_place_only():
    assert canonical("市海洋和渔业局", place="370600") == "市海洋发展和渔业局"
    assert canonical("市海洋和渔业局", place="330100") == "市海洋和渔业局"


@pytest.mark.parametrize(("on", "holds"), [(2018, True), (2019, True), (2020, False), (date(2019, 4, 1), False), (None, True)])
def test_an_earlier_name_keeps_its_bearer_and_tells_its_age(on, holds):
    (mention,) = read_list("市环保局", on=on).mentions
    assert (mention.name, mention.written, mention.holds) == ("市生态环境局", "市环保局", holds)


def test_a_body_is_not_named_before_it_was_founded():
    assert [mention.holds for mention in read_list("国家数据局", on=2022).mentions] == [False]


def test_bodies_that_were_merged_later_are_two_before():
    assert [m.name for m in read_list("市工商局、市质监局", on=2016).mentions] == ["市工商局", "市质监局"]
    assert [m.name for m in read_list("市工商局、市质监局", on=2024).mentions] == ["市市场监管局"]


def test_a_cell_of_a_table_is_a_list():
    duty = read_list("市交通局、市财政局等", role="lead")
    assert [(m.name, m.role) for m in duty.mentions] == [("市交通运输局", "lead"), ("市财政局", "lead")]
    assert duty.open_list


@pytest.mark.parametrize(
    "cell",
    [
        "市商务局\n市教育局",
        "市商务局 市教育局",
        "（市商务局、市教育局）",
        "责任单位：市商务局，市教育局",
        "1.市商务局;2.市教育局",
    ],
)
def test_cells_are_written_in_many_ways(cell):
    assert [m.name for m in read_list(cell).mentions] == ["市商务局", "市教育局"]


@pytest.mark.parametrize("cell", ["", "—", "/", "无", "2025年底前", "见附件"])
def test_a_cell_may_name_nobody(cell):
    assert read_list(cell).mentions == ()


def test_a_list_tells_its_own_roles():
    duty = read_list("市商务局牵头，市教育局配合", role="responsible")
    assert [m.role for m in duty.mentions] == ["lead", "support"]


def test_paragraphs_are_joined_with_each_name_once():
    duty = join_duties([read_list("市商务局", role="lead"), read_list("市教育局、市商务局等", role="support")])
    assert [(m.name, m.role) for m in duty.mentions] == [("市商务局", "lead"), ("市教育局", "support")]
    assert duty.open_list


def test_every_alias_leads_to_a_name_of_its_own():
    named = {row["name"] for row in ROWS}
    astray = [row for row in ROWS if (known := recognise(row["alias"], place=row["place"])) is None or known.name not in named]
    assert astray == []


def test_no_spelling_stands_twice():
    keys = [(row["place"], row["alias"]) for row in ROWS]
    assert len(keys) == len(set(keys))


def test_changes_have_a_date_and_a_note():
    assert [row for row in ROWS if row["kind"] in {"renamed", "merged"} and not (row["valid_until"] and row["note"])] == []
    assert {row["kind"] for row in ROWS} == {"name", "spelling", "renamed", "merged"}


@given(st.lists(st.sampled_from(DEPARTMENTS), min_size=1, max_size=8, unique=True), st.sampled_from("市区县"), st.booleans())
def test_a_list_is_read_back(departments, level, more):
    listed = [level + name for name in departments]
    duty = find_duty("推进改造。（责任单位：" + "、".join(listed) + "等" * more + "）")
    assert [mention.name for mention in duty.mentions] == listed
    assert duty.open_list is more


@given(st.text(alphabet="市县区各、，。；（）〔〕：责任单位牵头配合由和及等政府局委财改12 ", max_size=120))
def test_any_text_is_read(text):
    duty = find_duty(text)
    assert all(0 <= start < end <= len(text) for start, end in duty.spans)
    assert len({mention.name for mention in duty.mentions}) == len(duty.mentions)
    read_list(text)


@pytest.mark.parametrize("part", HOSTILE)
def test_hostile_text_takes_linear_time(part):
    text = part * (100_000 // len(part))
    begin = process_time()
    find_duty(text)
    read_list(text)
    assert process_time() - begin < 20
