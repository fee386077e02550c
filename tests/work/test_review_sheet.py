"""The review as a spreadsheet: out, edited, back."""

from __future__ import annotations

import pytest

from dafeng.core.errors import ConflictError, FileRefused, SettingError
from dafeng.plans.edits import Change
from dafeng.work.review import review, revise
from dafeng.work.review_sheet import compare_sheet, export_review, import_review
from tests.plans.reviews import TEXT
from tests.work.reviews import WHO, cells_of, column, taken_in, type_in

T1, T2, A1 = "990200-T01", "990200-T02", "990200-A01"


@pytest.fixture
def taken(tmp_path):
    city, reviewed = taken_in(tmp_path)
    return city, reviewed, export_review(reviewed)


def at(taken, field, row=4, table="target"):
    """Name of a cell for ``type_in``."""
    return f"{table}s_{column(taken[2], table, field)}{row}"


def test_an_unchanged_file_makes_no_edit(taken):
    city, reviewed, data = taken
    after, asked = import_review(city, reviewed, data, who=WHO)
    assert (asked.cells, asked.changes, after.edits) == ((), (), ())


def test_a_changed_cell_is_shown_and_becomes_an_edit_with_who(taken):
    city, reviewed, data = taken
    edited = type_in(data, **{at(taken, "value"): "30", at(taken, "remark"): "按印发稿"})
    assert cells_of(reviewed, edited) == [("value", "28", "30")]
    after, asked = import_review(city, reviewed, edited, who="李四")
    edit = after.edits[0]
    assert (edit.who, edit.before, edit.remark, asked.cells[0].cell.split("!")[1:]) == (
        "李四",
        {"value": "28"},
        "按印发稿",
        ["目标 target", asked.cells[0].cell.split("!")[-1]],
    )


def test_the_same_file_twice_makes_its_edits_once(taken):
    city, reviewed, data = taken
    edited = type_in(data, **{at(taken, "value"): "30", at(taken, "decision", row=5): "剔除 reject"})
    after, _ = import_review(city, reviewed, edited, who=WHO)
    again, asked = import_review(city, after, edited, who=WHO)
    assert (len(after.edits), again.edits, asked.changes) == (2, after.edits, ())


def test_decisions_accept_reject_and_give_back(taken):
    city, reviewed, data = taken
    edited = type_in(data, **{at(taken, "decision"): "采纳", at(taken, "decision", row=5): "reject"})
    after, _ = import_review(city, reviewed, edited, who=WHO)
    assert (after.state(T1), after.state(T2)) == ("accepted", "rejected")
    emptied = type_in(export_review(after), **{at(taken, "decision"): "", at(taken, "decision", row=5): ""})
    last, _ = import_review(city, after, emptied, who=WHO)
    assert (last.state(T1), last.state(T2)) == ("unseen", "unseen")


def test_a_choice_may_be_typed_in_either_form(taken):
    _, reviewed, data = taken
    for text in ("不低于 at least", "不低于", ">="):
        assert cells_of(reviewed, type_in(data, **{at(taken, "comparator"): text})) == [("comparator", "~", ">=")]


def test_tasks_goals_organisations_and_figures_are_in_it_too(taken):
    city, reviewed, data = taken
    edited = type_in(
        data,
        **{
            at(taken, "leads", table="task"): "市能源局",
            at(taken, "year", table="goal"): "2035",
            at(taken, "name", table="organisation"): "市发展和改革委员会",
            at(taken, "decision", table="other"): "转为目标 make it a target",
        },
    )
    after, _ = import_review(city, reviewed, edited, who=WHO)
    plan = after.plan
    assert (plan.tasks[0].leads, plan.goals[0].year, plan.tasks[0].organisations[0]) == (
        ("市能源局",),
        2035,
        "市发展和改革委员会",
    )
    assert after.state("990200-N01") == "taken"


def test_the_same_id_in_two_rows_splits(taken):
    city, reviewed, data = taken
    fields = ("id", "indicator", "comparator", "value", "unit", "year", "scope")
    said = (T1, "非化石能源消费比重", "左右", "20", "%", "2030", "县域")
    edited = type_in(data, **{at(taken, name, row=7): text for name, text in zip(fields, said, strict=True)})
    after, asked = import_review(city, reviewed, edited, who=WHO)
    again, repeated = import_review(city, after, edited, who=WHO)
    parts = [one for one in after.plan.targets if one.id.startswith(T1)]
    assert ([(one.id, one.value) for one in parts], len(asked.changes)) == ([(f"{T1}-1", 28), (f"{T1}-2", 20)], 1)
    assert (again.edits, repeated.changes) == (after.edits, ())


def test_a_row_without_id_adds_a_target_where_its_words_stand(taken):
    city, reviewed, data = taken
    said = {"indicator": "湿地面积", "value": "5", "unit": "万亩", "sentence": "湿地面积保持稳定"}
    edited = type_in(data, **{at(taken, name, row=7): text for name, text in said.items()})
    after, _ = import_review(city, reviewed, edited, who=WHO)
    again, _ = import_review(city, after, edited, who=WHO)
    made = after.plan.targets[-1]
    assert (made.id, made.value, TEXT[made.anchor.start : made.anchor.end], len(again.edits)) == (
        "990200-R01",
        5,
        "湿地面积保持稳定",
        1,
    )


@pytest.mark.parametrize(
    ("field", "row", "text", "said"),
    [
        ("value", 4, "三十", "a number"),
        ("year", 4, "30", "four digits"),
        ("comparator", 4, "about so", "one of"),
        ("decision", 4, "maybe", "accept"),
        ("indicator_id", 4, "no_such 指标", "catalogue"),
        ("id", 4, "990200-T77", "there is no id"),
        ("indicator", 4, "", "not empty"),
        ("sentence", 7, "文件里没有的话", "not complete"),
    ],
)
def test_a_cell_that_cannot_be_used_is_refused_with_its_address(taken, field, row, text, said):
    city, reviewed, data = taken
    cell = at(taken, field, row=row)
    edited = type_in(data, **{cell: text, at(taken, "value", row=5): "1"})
    with pytest.raises(SettingError, match=said) as caught:
        import_review(city, reviewed, edited, who=WHO)
    assert (caught.value.where, review(city).edits) == (f"review.xlsx!目标 target!{cell.split('_')[1]}", ())


def test_a_record_that_somebody_changed_since_is_a_conflict_and_nothing_is_written(taken):
    city, reviewed, data = taken
    after = revise(city, reviewed, Change(T1, "correct", ({"value": "29"},)), who="甲")
    edited = type_in(data, **{at(taken, "value"): "30", at(taken, "value", row=5): "210"})
    with pytest.raises(ConflictError, match="甲"):
        import_review(city, after, edited, who="乙")
    assert len(review(city).edits) == 1


def test_what_others_did_with_other_records_is_no_conflict(taken):
    city, reviewed, data = taken
    after = revise(city, reviewed, Change(T2, "correct", ({"value": "210"},)), who="甲")
    last, asked = import_review(city, after, type_in(data, **{at(taken, "value"): "30"}), who="乙")
    assert ([one.record for one in asked.cells], [edit.who for edit in last.edits]) == ([T1], ["甲", "乙"])


def test_a_sheet_of_another_review_is_refused(taken):
    city, _, data = taken
    other = review(city, source=TEXT.replace("28%", "29%").encode(), name="b.txt", who=WHO)
    with pytest.raises(FileRefused, match="belongs to review"):
        compare_sheet(other, data)


def test_texts_of_the_document_cannot_act_in_the_spreadsheet(tmp_path):
    city, _ = taken_in(tmp_path)
    evil = TEXT.replace("1.发展海上风电", '1.=HYPERLINK("http://x","y")')
    reviewed = review(city, source=evil.encode(), name="=cmd.txt", who=WHO)
    assert compare_sheet(reviewed, export_review(reviewed)).cells == ()
