"""The policy of a day is kept, bound to what was booked by it, and no more points than it gives go through the audit."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.core.errors import ConflictError
from dafeng.core.findings import Finding
from dafeng.ledger.inclusion import decision, intake, kept_policies
from dafeng.ledger.inclusion.bundles import aggregate_reductions
from dafeng.ledger.inclusion.intake import resume, take
from dafeng.ledger.inclusion.kept_policies import Decided, PointRules, hash_policy, parse_policy, spell_policy
from dafeng.ledger.inclusion.policy import Policy
from dafeng.ledger.inclusion.programme import Programme
from dafeng.ledger.inclusion.reversal import reverse_event
from dafeng.ledger.inclusion.rewards import erase_member
from dafeng.store.inclusion_rows import InclusionRows
from dafeng.work.right_proof import is_whole
from tests.ledger.inclusion import event, join, policy, programme
from tests.ledger.test_inclusion_audit import audited
from tests.ledger.test_inclusion_laws import Crash, Mine

RULED = policy()
WALK = RULED.rewards["walk"]


def capped(*, walk: int | None = 50, day: int | None = 2000, points: int = 10) -> Policy:
    """The trial policy with other points for walking and other caps."""
    rewards = {**RULED.rewards, "walk": replace(WALK, most=walk, points=points)}
    return replace(RULED, rewards=rewards, most_per_day=day)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A programme that three have joined."""
    folder = tmp_path_factory.mktemp("start")
    with programme(folder) as own:
        for name in "abc":
            join(own, name)
    return folder


@pytest.fixture
def own(start: Path, tmp_path: Path) -> Iterator[Programme]:
    shutil.copytree(start, tmp_path / "own")
    with programme(tmp_path / "own") as opened:
        yield opened


def under(own: Programme, rules: Policy) -> Programme:
    """The same programme by other rules."""
    return replace(own, policy=rules)


def walks(who: str, count: int, *, first: int = 0) -> list[object]:
    """Walks of half an hour each on one day."""
    return [event(who, f"{who}{n}", scene="walk", minute=30 * n, length=20) for n in range(first, first + count)]


def told(found: list[Finding]) -> list[tuple[str, str]]:
    """Rule and place of what is found, without the pseudonym."""
    return [(one.rule.removeprefix("ledger.inclusion_"), one.at.rpartition("/")[2]) for one in found]


def test_the_text_of_a_policy_is_one_and_gives_its_points_back() -> None:
    text = spell_policy(RULED)
    assert (text, hash_policy(text)) == (spell_policy(policy()), hash_policy(spell_policy(policy())))
    rules = parse_policy(text)
    assert isinstance(rules, PointRules)
    assert dict(rules.editions) == dict(RULED.editions)
    for scene in (*RULED.rewards, "rail_distance"):
        reward = RULED.rewards.get(scene)
        for grams in (0, 1, 999, 5150):
            assert rules.count_points(scene, grams) == (reward.count_points(grams) if reward else 0)
        assert rules.find_cap(scene) == (reward.most if reward else None)
    assert rules.find_cap("") == 2000
    assert all(word not in text for word in ("公交", "trial rules", "label"))


@pytest.mark.parametrize(
    "changes",
    [
        {"most_per_day": 1999}, {"late_days": 31}, {"source": "x"}, {"version": "2"}, {"editions": {}},
        {"rewards": {**RULED.rewards, "walk": replace(WALK, points=11)}}, {"vouchers": {}},
    ],
)  # fmt: skip
def test_whatever_is_decided_otherwise_is_another_policy(changes: dict[str, object]) -> None:
    assert hash_policy(spell_policy(replace(RULED, **changes))) != hash_policy(spell_policy(RULED))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"editions": {}, "rewards": {"walk": 5}, "most_per_day": null}'])
def test_what_is_no_policy_cannot_be_read(text: str) -> None:
    assert parse_policy(text) is None


@pytest.mark.parametrize("most", [0, -1, True, "9", 1.5])
def test_a_cap_that_is_none_cannot_be_read(most: object) -> None:
    assert parse_policy(json.dumps({**json.loads(spell_policy(RULED)), "most_per_day": most})) is None


def test_policies_of_events_are_known_by_where_they_change() -> None:
    decided = Decided({})
    for first in range(1, 1000):
        decided.add(first, "b" if first >= 500 else "a" if first >= 100 else "")
    assert [decided.find_name(no) for no in (0, 1, 99, 100, 499, 500, 10_000)] == ["", "", "", "a", "a", "b", "b"]
    assert len(decided._changes) == 3


def test_each_policy_is_kept_once_with_its_first_use(own: Programme) -> None:
    begin = own.clock()
    take(own, walks("a", 3), batch=2)
    take(under(own, capped(walk=40)), walks("b", 2))
    take(own, walks("c", 1))
    kept = dict(own.rows.query("SELECT hash, content FROM policy"))
    assert {hash_policy(text) for text in kept.values()} == set(kept)
    assert set(kept.values()) == {spell_policy(RULED), spell_policy(capped(walk=40))}
    assert {row[0] for row in own.rows.query("SELECT since FROM policy")} == {begin}
    names = [hash_policy(spell_policy(one)) for one in (RULED, RULED, capped(walk=40), RULED)]
    assert own.rows.query("SELECT policy FROM chunk_policy ORDER BY first") == [(name,) for name in names]
    assert audited(own) == []


def test_a_booking_names_the_policy_by_its_hash(own: Programme) -> None:
    take(own, walks("a", 1))
    [[one]] = own.ledger.rows.query("SELECT content FROM ledger_event WHERE kind = 'earn' AND id LIKE '%:g'")
    assert '"event2 ' in one
    [[content]] = own.rows.query("SELECT content FROM policy")
    other = content.replace('"most_per_day":2000', '"most_per_day":9000')
    own.rows.run("UPDATE policy SET content = ?, hash = ?", other, hash_policy(other))
    own.rows.run("UPDATE chunk_policy SET policy = ?", hash_policy(other))
    assert told(audited(own)) == [("booked", "1")]


def test_no_event_asks_the_database_for_its_policy(own: Programme, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    for name in ("run", "query"):
        work = getattr(InclusionRows, name)

        def counted(self: InclusionRows, text: str, *values: object, work: Callable[..., object] = work) -> object:
            asked.append(text)
            return work(self, text, *values)

        monkeypatch.setattr(InclusionRows, name, counted)
    take(own, walks("a", 1))
    few = len(asked)
    take(own, walks("a", 20, first=1))
    assert len(asked) == 2 * few


def overpaid(own: Programme, rules: Policy, events: list[object]) -> None:
    """Somebody takes events by rules of their own and keeps the policy of the city beside them."""
    with pytest.MonkeyPatch.context() as forged:
        forged.setattr(kept_policies, "spell_policy", lambda _: spell_policy(RULED))
        take(under(own, rules), events)


def test_an_event_with_more_points_than_its_policy_gives_is_told(own: Programme) -> None:
    overpaid(own, capped(points=20), walks("a", 2))
    assert told(audited(own)) == [("points", "1"), ("points", "2")]


def test_a_day_beyond_the_cap_of_a_scene_is_told(own: Programme) -> None:
    overpaid(own, capped(walk=None), walks("a", 6))
    found = audited(own)
    assert told(found) == [("points", "2026-03-01")]
    assert "60 points of the day (walk), the policy gives at most 50" in found[0].says.en
    assert found[0].at.startswith("points/")


def test_a_day_beyond_the_cap_over_all_scenes_is_told(own: Programme) -> None:
    rides = [event("a", f"m{n}", minute=60 * n) for n in range(5)]  # 515 points each
    overpaid(own, capped(day=None), rides)
    found = audited(own)
    assert (told(found), "2575 points of the day, the policy gives at most 2000" in found[0].says.en) == (
        [("points", "2026-03-01")], True,
    )  # fmt: skip


def test_an_edition_that_the_policy_does_not_use_is_told(own: Programme) -> None:
    overpaid(own, replace(RULED, editions={**RULED.editions, "metro": "guangzhou_substitution"}), [event("a", "m")])
    assert ("edition", "1") in told(audited(own))


def test_where_two_policies_met_on_a_day_the_wider_cap_bounds_the_day(own: Programme) -> None:
    take(under(own, capped(walk=30)), walks("a", 5))
    take(own, walks("a", 5, first=5))
    assert own.rows.query("SELECT sum(points) FROM event") == [(50,)]
    assert audited(own) == []
    with pytest.MonkeyPatch.context() as forged:
        forged.setattr(decision._Day, "add", lambda *_: None)
        take(own, walks("a", 2, first=10))
    found = audited(own)
    assert (told(found), "70 points of the day (walk), the policy gives at most 50" in found[0].says.en) == (
        [("points", "2026-03-01")], True,
    )  # fmt: skip


def test_what_a_policy_decided_itself_keeps_to_its_own_cap(own: Programme) -> None:
    """30 by a cap of 30 is what it gives; 40 is too much though the other policy of the day allows 50."""
    take(own, walks("a", 1))
    narrow = capped(walk=30)
    with pytest.MonkeyPatch.context() as forged:
        forged.setattr(kept_policies, "spell_policy", lambda _: spell_policy(narrow))
        take(own, walks("a", 4, first=1))
    assert told(audited(own)) == [("points", "2026-03-01")]


def test_events_taken_back_still_filled_the_cap(own: Programme) -> None:
    take(own, walks("a", 4))
    reverse_event(own, "walk", "a0", reason="fraud")
    take(own, walks("a", 4, first=4))
    assert own.rows.query("SELECT sum(points) FROM event") == [(50,)]
    assert audited(own) == []


def test_events_of_an_earlier_version_are_counted_as_unchecked(own: Programme) -> None:
    with pytest.MonkeyPatch.context() as former:
        former.setattr(intake, "keep_policy", lambda *_, **__: "")
        take(own, walks("a", 6))
    [[reason]] = own.ledger.rows.query("SELECT min(content) FROM ledger_event WHERE kind = 'earn' AND id LIKE '%:g'")
    assert '"event ' in reason, "as the version before spelt it"
    own.rows.run("DROP TABLE policy")
    own.rows.run("DROP TABLE chunk_policy")
    found = audited(own)
    assert ([(one.rule, one.severity) for one in found], is_whole(found)) == ([("ledger.inclusion_unchecked", "info")], True)
    assert "earlier version: 6;" in found[0].says.en
    own.rows.run("UPDATE event SET amount = '11' WHERE no = 1")
    assert not is_whole(audited(own)), "what that version bound is compared as before"


def test_an_older_file_goes_on_with_the_tables_it_gets(start: Path, tmp_path: Path) -> None:
    shutil.copytree(start, tmp_path / "own")
    with programme(tmp_path / "own") as own, pytest.MonkeyPatch.context() as former:
        former.setattr(intake, "keep_policy", lambda *_, **__: "")
        take(own, walks("a", 2))
        own.rows.run("UPDATE chunk SET done = 0")
        own.rows.run("DROP TABLE policy")
        own.rows.run("DROP TABLE chunk_policy")
    with programme(tmp_path / "own") as own:
        assert resume(own) == 2
        take(own, walks("a", 2, first=2))
        assert [one.says.en.partition(";")[0] for one in audited(own)] == ["events taken by an earlier version: 2"]


def test_what_was_decided_by_one_policy_is_booked_by_it_under_the_next(start: Path, tmp_path: Path) -> None:
    """A crash at any write, and the city changes its rules before anybody asks again."""
    for at in range(1, 40):
        folder = tmp_path / str(at)
        shutil.copytree(start, folder)
        with programme(folder) as own:
            mine = Mine(own, at)
            crashed = False
            try:
                take(own, walks("a", 4), batch=2)
            except Crash:
                crashed = True
        if not crashed:
            assert mine.count < at
            break
        with programme(folder) as own:
            changed = under(own, capped(walk=20))
            take(changed, walks("a", 4), batch=2)
            assert own.rows.query("SELECT count(*) FROM event") == [(4,)], "nothing was refused"
            assert audited(own) == [], at
    assert at > 6


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(
            st.lists(
                st.tuples(st.sampled_from("abc"), st.sampled_from(("metro", "bus", "walk")), st.integers(0, 40)), max_size=8
            ),
            st.sampled_from((20, 50, None)),
            st.sampled_from((60, 600, None)),
        ),
        min_size=1, max_size=4,
    ),
    st.integers(1, 5),
)  # fmt: skip
def test_whatever_policies_follow_one_another_nothing_is_told(
    start: Path, parts: list[tuple[list[tuple[str, str, int]], int | None, int | None]], batch: int
) -> None:
    folder = Path(tempfile.mkdtemp())
    shutil.copytree(start, folder, dirs_exist_ok=True)
    with programme(folder) as own:
        for number, (trips, walk, day) in enumerate(parts):
            events = [
                event(who, f"e{number}-{place}", scene=scene, minute=30 * hour, length=15)
                for place, (who, scene, hour) in enumerate(trips)
            ]
            take(under(own, capped(walk=walk, day=day)), events, batch=batch)
        for scene, evidence in [(one.scene, one.evidence) for one in events][:1]:
            if own.rows.query("SELECT 1 FROM event WHERE key = ?", own.key_of(scene, evidence)):
                reverse_event(own, scene, evidence, reason="fraud")
        with suppress(ConflictError):  # nothing to certify
            aggregate_reductions(own, "one", before="2026-03-02")
        erase_member(own, "c")
        assert audited(own) == []
    shutil.rmtree(folder)
