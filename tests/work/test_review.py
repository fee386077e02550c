"""A plan is taken in, worked on by several people, confirmed; nothing is lost, whatever is interrupted."""

from __future__ import annotations

import json
import subprocess
import sys
import threading

import pytest

from dafeng.core.errors import ConflictError, FileRefused, LookupFailure, SettingError, StoreError
from dafeng.plans.edits import Change
from dafeng.store.records import open_records
from dafeng.work.review import LARGEST, draft, draft_of, list_reviews, review, revise
from dafeng.work.versions import confirm, count_changes, count_plan, list_versions, read_version
from tests.plans.reviews import TEXT
from tests.work.reviews import WHO, new_city, taken_in

T1, T2 = "990200-T01", "990200-T02"


@pytest.fixture
def taken(tmp_path):
    return taken_in(tmp_path)


def test_a_document_is_read_once_and_kept_with_its_text_out_of_the_plan(taken):
    city, reviewed = taken
    again = review(city, source=TEXT.encode(), name="plan.txt", who="李四")
    heads = list_reviews(city)
    assert (again.id, again.document, again.reading) == (reviewed.id, reviewed.document, reviewed.reading)
    assert [(one.name, one.who, one.edits) for one in heads] == [("plan.txt", WHO, 0)]


def test_opening_reads_back_what_was_taken_in(taken):
    city, reviewed = taken
    revise(city, reviewed, Change(T1, "accept"), who=WHO)
    opened = review(city)
    assert (opened.document, opened.reading, opened.state(T1)) == (reviewed.document, reviewed.reading, "accepted")


def test_edits_keep_who_and_when_and_stand_in_the_audit_log(taken):
    city, reviewed = taken
    revise(city, reviewed, Change(T1, "accept", remark="对"), who="李四")
    edit = review(city).edits[0]
    with open_records(city.records) as records:
        assert (edit.who, edit.at.tzinfo is not None, edit.remark, records.verify()) == ("李四", True, "对", ())


def test_an_edit_comes_back_as_it_was_made(taken):
    city, reviewed = taken
    words = "到2030年，海上风电装机容量达到200万千瓦"
    made = draft(city, reviewed, TEXT.index(words), TEXT.index(words) + len(words))
    changes = (
        Change(T2, "split", ({"scope": "近海"}, {"scope": "远海"})),
        Change("", "add", (made.fields,), place=made.place),
        Change("990200-N01", "add", (draft_of(reviewed, "990200-N01").fields,)),
        Change(T1, "correct", ({"value": "30"},)),
        Change(T1, "undo"),
    )
    after = revise(city, reviewed, *changes, who=WHO)
    assert (review(city).edits, review(city).plan) == (after.edits, after.plan)


def test_the_second_of_two_is_told_and_nothing_is_lost(taken):
    city, reviewed = taken
    revise(city, reviewed, Change(T1, "correct", ({"value": "30"},), seen=0), who="甲")
    with pytest.raises(ConflictError, match="甲"):
        revise(city, reviewed, Change(T2, "accept", seen=0), Change(T1, "correct", ({"value": "31"},), seen=0), who="乙")
    assert [(edit.who, edit.record) for edit in review(city).edits] == [("甲", T1)]


def test_many_at_once_write_one_unbroken_list(taken):
    city, reviewed = taken
    names = [name for name in reviewed.reviewed.records if not name.startswith("990200-N")]

    def work(who):
        for name in names:
            revise(city, reviewed, Change(name, "accept"), Change(name, "undo"), who=who)

    threads = [threading.Thread(target=work, args=(who,)) for who in ("甲", "乙", "丙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    edits = review(city).edits
    assert [edit.serial for edit in edits] == list(range(1, len(edits) + 1))
    assert {edit.who for edit in edits} == {"甲", "乙", "丙"}


@pytest.mark.parametrize("who", ["", "  ", "x" * 101, "a\nb"])
def test_nobody_does_nothing(taken, who):
    with pytest.raises(SettingError, match="who"):
        revise(*taken, Change(T1, "accept"), who=who)


def test_there_is_nothing_to_open_in_a_new_city(tmp_path):
    with pytest.raises(LookupFailure, match="review read"):
        review(new_city(tmp_path))


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\x89PNG\r\n\x1a\n" + bytes(90), "PNG"), (b"x" * (LARGEST + 1), "bytes"), (b"", "no text"), (b" \n", "no text")],
)
def test_a_file_that_is_no_document_leaves_nothing(tmp_path, content, said):
    city = new_city(tmp_path)
    with pytest.raises(FileRefused, match=said):
        review(city, source=content, name="plan.txt", who=WHO)
    assert (list_reviews(city), (city.folder / "reviews").exists()) == ((), False)


def test_a_reading_that_was_changed_is_refused(taken):
    city, reviewed = taken
    path = city.folder / "reviews" / reviewed.id / "reading.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("28", "29"), encoding="utf-8")
    with pytest.raises(StoreError, match=r"reading\.yaml"):
        review(city)


def test_confirming_makes_a_version_and_the_plan_of_the_city(taken):
    city, reviewed = taken
    reviewed = revise(city, reviewed, Change(T1, "correct", ({"value": "30"},)), who=WHO)
    version = confirm(city, reviewed, who="李四")
    assert (version.number, version.who, version.serial, city.read_plan()) == (1, "李四", 1, reviewed.plan)
    assert (read_version(city, 1), TEXT[20:40] in version.path.read_text(encoding="utf-8")) == (reviewed.plan, False)


def test_confirming_what_is_confirmed_makes_no_second_version(taken):
    city, reviewed = taken
    assert [confirm(city, reviewed, who=WHO).number for _ in range(2)] == [1, 1]


def test_earlier_versions_stay(taken):
    city, reviewed = taken
    confirm(city, reviewed, who=WHO)
    changed = revise(city, reviewed, Change(T1, "correct", ({"value": "30"},)), Change(T2, "reject"), who=WHO)
    confirm(city, changed, who=WHO)
    before, after = read_version(city, 1), read_version(city, 2)
    assert ([one.number for one in list_versions(city)], before) == ([2, 1], reviewed.reading)
    assert (count_changes(before, after), count_plan(after)["targets"]) == ({"added": 0, "removed": 1, "changed": 1}, 2)


def test_edits_that_were_not_seen_are_not_confirmed(taken):
    city, reviewed = taken
    revise(city, reviewed, Change(T1, "accept"), who="甲")
    with pytest.raises(SettingError, match="since the page was opened"):
        confirm(city, reviewed, who="乙", seen=0)
    assert list_versions(city) == ()


def test_a_plan_without_anything_is_not_confirmed(tmp_path):
    city = new_city(tmp_path)
    with pytest.raises(SettingError, match="no target and no task"):
        confirm(city, review(city, source="只有一句话。".encode(), name="x.txt", who=WHO), who=WHO)


def test_a_number_with_too_many_digits_is_confirmed_by_nobody(tmp_path, monkeypatch):
    text = TEXT.replace("200万千瓦", "9" * 400 + "万千瓦")
    city = new_city(tmp_path)
    assert "plan.number_size" in [
        one.rule for one in review(city, source=text.encode(), name="p.txt", who=WHO).reading.findings
    ]
    monkeypatch.setattr("dafeng.plans.amounts.is_believable", lambda *_: True)
    old = review(city, source=text.encode(), name="p.txt", who=WHO)  # as it was read before the limit came
    with pytest.raises(SettingError, match=r"T02.*too many digits"):
        confirm(city, old, who=WHO)
    assert list_versions(city) == ()
    confirm(city, revise(city, old, Change(T2, "correct", ({"value": "200"},)), who=WHO), who=WHO)
    assert city.read_plan().targets[1].value == 200


def test_a_plan_file_with_a_number_of_too_many_digits_is_refused(taken):
    city, reviewed = taken
    path = confirm(city, reviewed, who=WHO).path.parent.parent / "plan.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("value: 200", "value: " + "9" * 400), encoding="utf-8")
    with pytest.raises(SettingError, match=r"T02.*too many digits"):
        city.read_plan()


def test_a_version_that_was_changed_is_refused(taken):
    city, reviewed = taken
    path = confirm(city, reviewed, who=WHO).path
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(StoreError, match=r"0001\.yaml"):
        read_version(city, 1)


def test_a_version_that_is_not_there_is_refused(taken):
    with pytest.raises(LookupFailure, match="version 7"):
        read_version(taken[0], 7)


@pytest.mark.slow
def test_a_killed_confirmation_leaves_before_or_after_and_heals(root, tmp_path):
    command = [sys.executable, "-m", "tests.work.reviews", str(tmp_path)]
    ended = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=600)
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    states = {(one["seen"], tuple(one["versions"]), one["agreed"]) for one in found}
    # before; interrupted after the record was written, completed by looking; after
    assert states == {(28, (1,), 28), (28, (2, 1), 30), (30, (2, 1), 30)}
    assert {(one["healed"], one["last"]) for one in found} == {(30, 2)}
