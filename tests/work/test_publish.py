"""Rules of visibility: read strictly, written whole, decided by somebody."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from dafeng.core.errors import DefinitionError, SettingError, StoreError
from dafeng.core.labels import Label
from dafeng.plans.verdict import BY_PROJECTION
from dafeng.store import records as store
from dafeng.store.models import VisibilityChange
from dafeng.work.city import init
from dafeng.work.publish import publish
from dafeng.work.publish_change import Decision, change_visibility, list_decisions
from dafeng.work.publish_objects import check_objects, list_objects
from dafeng.work.publish_rules import Visibility, list_kinds, parse_visibility, read_visibility, spell_visibility
from tests.web.sample import traces, view

OPEN_KINDS = [kind for kind, one in list_kinds().items() if not one.never]
STATES = st.sampled_from(["public", "internal"])


@pytest.fixture
def city(tmp_path):
    return init(tmp_path / "yangli", place="990100")


@given(
    kinds=st.dictionaries(st.sampled_from(OPEN_KINDS), STATES),
    objects=st.dictionaries(
        st.sampled_from(OPEN_KINDS),
        st.dictionaries(st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1), STATES, min_size=1),
    ),
)
def test_rules_survive_their_file(kinds, objects):
    rules = Visibility(kinds=kinds, objects=objects)
    read = parse_visibility(spell_visibility(rules))
    assert (read.kinds, read.objects, read.frames) == (rules.kinds, rules.objects, rules.frames)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kinds: {target: public}", "no kind of objects"),
        ("kinds: {targets: open}", "must be public or internal"),
        ("kinds: {uploads: public}", "can never be public"),
        ("objects: {uploads: {a.xlsx: public}}", "can never be public"),
        ("objects: {targets: [T01]}", "must be a mapping"),
        ("visible: {}", "is no field"),
        ("frames: [javascript]", "must be a list of origins"),
        ("licence: {zh: 是}", "needs zh and en"),
        ("- targets", "must be a mapping"),
    ],
)
def test_a_file_that_could_be_misread_is_refused_with_its_line(text, said):
    with pytest.raises(DefinitionError, match=said) as caught:
        parse_visibility(text)
    assert caught.value.where.startswith("visibility.yaml:1")


def test_what_no_rule_names_is_internal():
    rules = Visibility()
    assert {row.state for row in list_objects(view(), rules)} == {"internal"}
    assert not rules.shows("nothing", "T01")
    assert not rules.shows("targets", None)


def test_an_object_goes_before_its_kind():
    rules = Visibility(kinds={"targets": "public"}, objects={"targets": {"T02": "internal"}})
    assert (rules.shows("targets", "T01"), rules.shows("targets", "T02")) == (True, False)
    assert (rules.because("targets", "T01"), rules.because("targets", "T02"), rules.because("tasks", "K1")) == (
        "kind",
        "object",
        "default",
    )


def test_uploads_are_never_public_whatever_the_rules_say():
    forced = Visibility(kinds={"uploads": "public"}, objects={"uploads": {"a": "public"}})
    assert not forced.shows("uploads", "a")


def test_a_rule_for_nothing_is_a_finding():
    rules = Visibility(objects={"targets": {"T01": "public", "T99": "public"}})
    assert [one.at for one in check_objects(view(), rules)] == ["visibility.yaml: objects.targets.T99"]


def test_a_verdict_that_rests_on_an_internal_projection_is_not_told():
    """The word of the verdict, the counts and the explanation stay silent; with the pathway public they speak."""
    shown, told = view(), traces()
    row = shown["verdicts"][0]
    row |= {"verdict": "off_course", "reason": {"zh": BY_PROJECTION.zh, "en": BY_PROJECTION.en}}
    only = Visibility(kinds={"targets": "public"}, objects={})
    found = next(one for entry in publish(shown, told, only).view["indicators"] for one in entry["targets"]
                 if one["target"] == row["target"])  # fmt: skip
    assert (found["verdict"], found["address"]) == ("not_due", None)
    both = Visibility(kinds={"targets": "public", "pathway": "public"}, objects={})
    counts = [publish(shown, told, rules).view["counts"]["off_course"] for rules in (only, both)]
    assert counts[1] == counts[0] + 1


def test_a_decision_is_kept_with_who_and_when(city):
    change_visibility(city, [Decision("targets", "", "public"), Decision("targets", "T02", "internal")], who="李四")
    rules = read_visibility(city)
    assert (rules.shows("targets", "T01"), rules.shows("targets", "T02")) == (True, False)
    assert {(one.who, one.decision.state, one.file) for one in list_decisions(city)} == {
        ("李四", state, rules.sha256) for state in ("public", "internal")
    }
    change_visibility(city, [Decision("targets", "T02", "unset")], who="李四")
    assert read_visibility(city).shows("targets", "T02")


def test_nobody_decides_nothing(city):
    with pytest.raises(SettingError, match="nobody"):
        change_visibility(city, [Decision("targets", "", "public")], who=" ")
    assert list_decisions(city) == ()
    assert not (city.overlay / "visibility.yaml").exists()


def full(*_, **__):
    raise StoreError(Label("满", "full"), where="disk", expected=Label("位", "room"), remedy=Label("清", "make room"))


@pytest.mark.parametrize("broken", ["publish_change.add_change", "publish_pending.write_whole"])
def test_what_cannot_be_logged_or_written_does_not_happen(city, monkeypatch, broken):
    change_visibility(city, [Decision("tasks", "", "public")], who="a")
    before = (city.overlay / "visibility.yaml").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(f"dafeng.work.{broken}", full)
        with pytest.raises(StoreError, match="full"):
            change_visibility(city, [Decision("targets", "", "public")], who="a")
    assert not read_visibility(city).shows("targets", "T01")
    assert (city.overlay / "visibility.yaml").read_bytes() == before
    assert len(list_decisions(city)) == 1


def test_a_change_that_waits_goes_not_over_an_edit_by_hand(city, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("dafeng.work.publish_pending.os.replace", full)
        with pytest.raises(StoreError):
            change_visibility(city, [Decision("targets", "", "public")], who="a")
    (city.overlay / "visibility.yaml").write_text("kinds: {targets: internal}\n", encoding="utf-8")
    assert not read_visibility(city).shows("targets", "T01")
    assert not list(city.overlay.glob(".visibility*"))


def test_the_database_refuses_to_change_a_decision(city):
    change_visibility(city, [Decision("tasks", "", "public")], who="a")
    with pytest.raises(StoreError, match="never changed"):
        _forge(city)


def _forge(city):
    with store.open_records(city.records) as records, records.write(actor="b", at=datetime.now(UTC)) as session:
        session.scalars(select(VisibilityChange)).one().who = "b"
