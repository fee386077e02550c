"""Responsible organisations in the forms that plans use; names and sentences are invented."""

from __future__ import annotations

import pytest

from dafeng.plans.organisations import canonical, find_duty, read_list


def names(text, **options):
    return [mention.name for mention in find_duty(text, **options).mentions]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("推进改造。（责任单位：市发改委、市工信局）", ["市发展改革委", "市工业和信息化局"]),
        ("推进改造。（市住房和城乡建设局、各区人民政府）", ["市住房城乡建设局", "各区人民政府"]),
        ("推进改造。(责任单位:市科技局、市财政局等)", ["市科技局", "市财政局"]),
        ("推进改造。（责任单位：各区市政府、管委）", ["各区市政府、管委"]),
        ("推进改造。（责任单位：市水务局，有关区市政府、功能区管委会）", ["市水务局", "有关区市政府、功能区管委会"]),
        ("推进改造。责任单位：市统计局、市外办。", ["市统计局", "市外办"]),
        ("推进改造（分散式、集中式）。", []),
        ("推进改造（3个园区、5家企业）。", []),
    ],
)
def test_names_are_found(text, wanted):
    assert names(text) == wanted


def test_who_leads_and_who_supports_is_kept():
    duty = find_duty("改造。（市交通运输局牵头，市财政局、市科技局配合）")
    assert [(m.name, m.role) for m in duty.mentions] == [
        ("市交通运输局", "lead"),
        ("市财政局", "support"),
        ("市科技局", "support"),
    ]


def test_labels_of_lead_and_support_are_read():
    duty = find_duty("改造。（牵头单位：市农业农村局；配合单位：市水务局、各县政府）")
    assert [m.role for m in duty.mentions] == ["lead", "support", "support"]


def test_duties_shared_by_all_are_no_name():
    assert names("改造。（市教育局、市商务局等按职责分工负责）") == ["市教育局", "市商务局"]


@pytest.mark.parametrize(("text", "flag"), [("（责任单位：市财政局等）", True), ("（责任单位：市财政局）", False)])
def test_and_others_is_a_flag(text, flag):
    assert find_duty(text).open_list is flag


def test_a_name_can_hold_in_one_place_only():
    assert canonical("市海洋和渔业局", place="370600") == "市海洋发展和渔业局"
    assert canonical("市海洋和渔业局", place="330100") == "市海洋和渔业局"


def test_the_level_of_an_organisation_is_kept():
    assert canonical("省发改委") == "省发展改革委"


def test_a_collective_is_marked():
    assert [m.collective for m in find_duty("（责任单位：市财政局，各县区政府）").mentions] == [False, True]


def test_a_cell_of_a_table_is_a_list():
    duty = read_list("市交通局、市财政局等", role="lead")
    assert [(m.name, m.role) for m in duty.mentions] == [("市交通运输局", "lead"), ("市财政局", "lead")]
    assert duty.open_list


def test_a_list_tells_its_own_roles():
    duty = read_list("市商务局牵头，市教育局配合", role="responsible")
    assert [m.role for m in duty.mentions] == ["lead", "support"]
