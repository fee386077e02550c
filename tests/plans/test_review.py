"""What people do with a reading: pure, append-only, reversible, and never over another's work."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import ConflictError, LookupFailure, SettingError
from dafeng.plans.edits import Change, Place, choose_standing
from dafeng.plans.replay import apply_edits
from dafeng.plans.review import count_states, make_edit
from dafeng.plans.storage import load_plan, write_plan
from tests.plans.reviews import AT, TEXT, base, do

T1, T2, T3 = "990200-T01", "990200-T02", "990200-T03"
A1, A2, N1 = "990200-A01", "990200-A02", "990200-N01"
SHARE = "非化石能源消费比重"


def target(review, name):
    return next(one for one in review.plan.targets if one.id == name)


def task(review, name):
    return next(one for one in review.plan.tasks if one.id == name)


def test_without_edits_the_plan_is_the_reading():
    assert base().plan == base().reading


def test_the_sample_is_read_as_the_tests_suppose():
    reading = base().reading
    assert [one.indicator for one in reading.targets] == [SHARE, "海上风电装机容量", "光伏发电装机容量"]
    assert [one.id for one in reading.others] == [N1]


def test_accepting_makes_a_reading_sure_and_counts():
    review = do(base(), Change(T1, "accept"))
    assert (review.state(T1), target(review, T1).certainty, review.progress()[0]) == ("accepted", 1, 1)


def test_a_correction_keeps_what_was_there():
    review = do(base(), Change(T1, "correct", ({"value": "30", "comparator": ">="},), remark="按  印发稿\n"))
    edit = review.edits[0]
    assert (edit.before, edit.after[0].fields) == ({"value": "28", "comparator": "~"}, {"value": "30", "comparator": ">="})
    assert (edit.who, edit.at, edit.remark, target(review, T1).value) == ("张三", AT, "按 印发稿", 30)


def test_applying_edits_changes_neither_reading_nor_edits():
    review = do(base(), Change(T1, "correct", ({"value": "30"},)))
    before = (write_plan(review.reading), review.edits)
    apply_edits(review.reading, review.edits)
    assert (write_plan(review.reading), review.edits) == before


def test_a_correction_to_what_is_there_is_no_edit():
    assert do(base(), Change(T1, "correct", ({"value": "28.0"},))).edits == ()


def test_a_name_of_the_catalogue_brings_its_label():
    review = do(base(), Change(T1, "correct", ({"indicator_id": "pv_capacity"},)))
    assert target(review, T1).label == base().indicators["pv_capacity"]


def test_a_split_target_is_replaced_by_its_parts_in_its_place():
    review = do(base(), Change(T2, "split", ({"scope": "近海"}, {"scope": "远海", "value": "50"})))
    assert [one.id for one in review.plan.targets] == [T1, f"{T2}-1", f"{T2}-2", T3]
    assert [(one.scope, one.value) for one in review.plan.targets[1:3]] == [("近海", 200), ("远海", 50)]
    assert task(review, A1).targets == (f"{T2}-1", f"{T2}-2", T3)


def test_parts_that_do_not_differ_are_refused():
    with pytest.raises(SettingError, match="differ"):
        do(base(), Change(T2, "split", ({"scope": "近海"}, {"scope": "近海"})))


def test_one_part_is_no_split():
    with pytest.raises(SettingError, match="2 to 20"):
        do(base(), Change(T2, "split", ({"scope": "近海"},)))


def test_a_figure_that_was_none_can_be_made_a_target():
    fields = {"indicator": "绿色建筑占比", "value": "45", "unit": "%", "year": "2030"}
    review = do(base(), Change(N1, "add", (fields,)))
    assert (review.state(N1), review.plan.others, target(review, "990200-R01").value) == ("taken", (), 45)
    assert target(review, "990200-R01").figure == base().reading.others[0].figure


def test_a_place_of_the_document_can_be_made_a_target():
    start = TEXT.index("光伏")
    place = Place(start, start + 16, (start + 10, start + 16), 5)
    review = do(base(), Change("", "add", ({"indicator": "光伏装机", "value": "300"},), place=place))
    made = target(review, "990200-R01")
    assert (made.anchor.start, made.anchor.sha256, made.comparator) == (start, review.document.sha256, ">=")


def test_a_target_is_added_where_it_stands():
    start = TEXT.index("海上风电装机")
    place = Place(start, start + 8, (start, start + 8), 5)
    review = do(base(), Change("", "add", ({"indicator": "海上风电", "value": "1"},), place=place))
    assert [one.id for one in review.plan.targets] == [T1, "990200-R01", T2, T3]


@pytest.mark.parametrize("fields", [{"indicator": "", "value": "1"}, {"indicator": "x", "value": ""}])
def test_a_target_needs_a_name_and_a_figure(fields):
    place = Place(0, 3, (0, 3), 0)
    with pytest.raises(SettingError):
        do(base(), Change("", "add", (fields,), place=place))


@pytest.mark.parametrize("place", [Place(5, 5, (5, 5), 0), Place(0, 10**7, (0, 1), 0), Place(4, 8, (0, 3), 0)])
def test_a_place_outside_the_document_is_refused(place):
    with pytest.raises(SettingError):
        do(base(), Change("", "add", ({"indicator": "x", "value": "1"},), place=place))


def test_a_rejected_target_leaves_the_plan_but_not_the_review():
    review = do(base(), Change(T2, "reject"))
    assert ([one.id for one in review.plan.targets], review.record(T2).value) == ([T1, T3], 200)
    assert task(review, A1).targets == (T3,)


def test_targets_of_a_rejected_task_stay_without_it():
    review = do(base(), Change(A1, "reject"))
    assert (target(review, T2).task, review.plan.tasks[0].id) == (None, A2)


def test_targets_follow_the_organisations_of_their_task():
    review = do(base(), Change(A1, "correct", ({"leads": "市能源局", "responsible": ""},)))
    assert (task(review, A1).leads, target(review, T2).organisations) == (("市能源局",), ("市能源局",))
    assert "市海洋发展局" not in [one.name for one in review.plan.organisations]


def test_a_target_with_organisations_of_its_own_does_not_follow():
    own = Change(T2, "correct", ({"organisations": "市海洋发展局"},))
    review = do(base(), own, Change(A1, "correct", ({"leads": "市能源局", "responsible": ""},)))
    assert target(review, T2).organisations == ("市海洋发展局",)


def test_a_collective_stays_one_and_stays_collective():
    review = do(base(), Change(A2, "correct", ({"supports": "市水利局、各县（市、区）政府"},)))
    assert (task(review, A2).supports, task(review, A2).collectives) == (
        ("市水利局", "各县（市、区）政府"),
        ("各县（市、区）政府",),
    )


def test_an_organisation_is_renamed_everywhere_and_keeps_its_spelling():
    review = do(base(), Change("organisation/市发展改革委", "correct", ({"name": "市发展和改革委员会"},)))
    assert target(review, T2).organisations[0] == "市发展和改革委员会"
    found = next(one for one in review.plan.organisations if one.name == "市发展和改革委员会")
    assert found.aliases == ("市发展改革委",)


def test_two_names_of_one_organisation_are_merged():
    review = do(base(), Change("organisation/市海洋发展局", "correct", ({"name": "市发展改革委"},)))
    assert task(review, A1).organisations == ("市发展改革委",)


def test_a_misread_organisation_is_taken_out():
    assert task(do(base(), Change("organisation/市水利局", "reject")), A2).supports == ("各区市政府",)


def test_restoring_brings_back_the_reading_and_forgets_the_parts():
    split = Change(T2, "split", ({"scope": "近海"}, {"scope": "远海"}))
    review = do(base(), split, Change(f"{T2}-1", "correct", ({"value": "1"},)), Change(T2, "restore"))
    assert (review.plan.targets, review.state(T2)) == (base().reading.targets, "unseen")


def test_parts_of_a_second_split_get_new_ids():
    split = Change(T2, "split", ({"scope": "近海"}, {"scope": "远海"}))
    review = do(base(), split, Change(T2, "restore"), split)
    assert [one.id for one in review.plan.targets][1:3] == [f"{T2}-3", f"{T2}-4"]


def test_an_edit_that_others_rest_on_cannot_be_undone():
    split = Change(T2, "split", ({"scope": "近海"}, {"scope": "远海"}))
    review = do(base(), split, Change(f"{T2}-1", "correct", ({"value": "1"},)))
    with pytest.raises(SettingError, match="undo the later ones first"):
        do(review, Change(T2, "undo"))


def test_what_was_undone_stays_in_the_list():
    review = do(base(), Change(T1, "accept"), Change(T1, "undo"))
    assert ([edit.action for edit in review.edits], review.edits[1].undoes, review.plan) == (["accept", "undo"], 1, base().plan)


def test_the_second_of_two_edits_on_one_state_is_a_conflict_that_names_the_first():
    review = do(base(), Change(T1, "correct", ({"value": "30"},), seen=0), who="张三")
    with pytest.raises(ConflictError, match=r"张三.*\(corrected\)") as caught:
        do(review, Change(T1, "correct", ({"value": "31"},), seen=0), who="李四")
    assert "（更正）" in caught.value.what.zh


def test_the_same_request_twice_is_one_edit():
    change = Change(T1, "correct", ({"value": "30"},), seen=0)
    assert len(do(base(), change, change).edits) == 1


def test_the_same_request_of_another_person_is_a_conflict():
    change = Change(T1, "correct", ({"value": "30"},), seen=0)
    with pytest.raises(ConflictError):
        do(do(base(), change), change, who="李四")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (Change("990200-T99", "accept"), LookupFailure),
        (Change("", "accept"), LookupFailure),
        (Change(T1, "correct", ({"colour": "red"},)), LookupFailure),
        (Change(T1, "correct", ()), SettingError),
        (Change(T1, "undo"), SettingError),
        (Change(N1, "reject"), SettingError),
        (Change(A1, "split", ({}, {})), SettingError),
        (Change(T1, "correct", ({"upper": "20"},)), SettingError),
        (Change(T1, "correct", ({"base_year": "2031"},)), SettingError),
        (Change(T1, "correct", ({"task": "990200-A99"},)), SettingError),
        (Change(T1, "correct", ({"indicator_id": "no_such"},)), SettingError),
    ],
)
def test_what_cannot_be_is_refused_before_it_is_an_edit(change, error):
    with pytest.raises(error):
        make_edit(base(), change, who="x", at=AT)


def test_a_finding_that_asked_for_a_look_ends_with_it():
    before = [one for one in base().reading.findings if one.rule in ("plan.review", "plan.doubtful_figure")]
    review = do(base(), *(Change(name, "accept") for name in base().reviewed.records))
    after = [one for one in review.plan.findings if one.rule in ("plan.review", "plan.doubtful_figure")]
    assert (after, len(before) >= len(after)) == ([], True)


def test_every_record_has_a_state_and_states_add_up():
    review = do(base(), Change(T1, "accept"), Change(T2, "split", ({"scope": "a"}, {"scope": "b"})), Change(T3, "reject"))
    counts = count_states(review, kinds=("target",))
    assert (counts["accepted"], counts["split"], counts["added"], counts["rejected"]) == (1, 1, 2, 1)


ACTIONS = st.sampled_from(["accept", "reject", "restore", "undo", "correct", "split", "add"])
VALUES = st.sampled_from(["1", "2.5", "28", "1000"])


@st.composite
def wishes(draw):
    """Random changes, possible or not."""
    names = [*base().reviewed.records, f"{T1}-1", f"{T1}-2", f"{T2}-1", "990200-R01", "990200-R02"]
    name, action, value = draw(st.sampled_from(names)), draw(ACTIONS), draw(VALUES)
    if action == "split":
        return Change(name, action, ({"scope": "甲", "value": value}, {"scope": "乙"}))
    if action == "add":
        return Change(name, action, ({"indicator": "某指标", "value": value},))
    kinds = {"organisation": {"name": "市某局"}, "990200-A": {"leads": "市某局"}, "990200-G": {"year": "2035"}}
    fields = next((one for head, one in kinds.items() if name.startswith(head)), {"value": value})
    return Change(name, action, (fields,) if action == "correct" else ())


def attempt(review, change):
    """The review after a change, the same where it cannot be."""
    try:
        return do(review, change)
    except (SettingError, LookupFailure):
        return review


@given(st.lists(wishes(), max_size=25))
def test_whatever_was_done_undone_step_by_step_it_is_the_reading(changes):
    review = base()
    for change in changes:
        review = attempt(review, change)
        assert load_plan(write_plan(review.plan)) == review.plan
    while standing := choose_standing(review.edits):
        review = do(review, Change(standing[-1].record, "undo"))
    assert review.plan == base().reading


@given(st.lists(wishes(), max_size=25))
def test_every_id_is_there_once_and_every_link_leads_somewhere(changes):
    review = base()
    for change in changes:
        review = attempt(review, change)
    plan = review.plan
    ids = [one.id for one in (*plan.targets, *plan.tasks, *plan.goals, *plan.others)]
    tasks = {one.id for one in plan.tasks}
    assert len(ids) == len(set(ids))
    assert {one.task for one in (*plan.targets, *plan.goals) if one.task} <= tasks
    assert {one for t in plan.tasks for one in t.targets} == {one.id for one in plan.targets if one.task}
