"""Carbon inclusion: what counts, what is refused and why, and that nothing counts twice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dafeng.core.errors import ConflictError, DefinitionError, FileRefused, LookupFailure
from dafeng.core.findings import Finding
from dafeng.ledger.inclusion.claims import Registered, read_registered
from dafeng.ledger.inclusion.events import day_of, make_event, read_events
from dafeng.ledger.inclusion.intake import take, take_batches
from dafeng.ledger.inclusion.policy import read_policy
from dafeng.ledger.inclusion.rewards import erase_member, inclusion_balance
from dafeng.ledger.inclusion.scenes import read_scenes
from dafeng.ledger.requests import SetState
from tests.ledger.inclusion import CITY, START, event, join, programme, rules, sums


def test_two_baselines_of_one_study_are_both_kept_and_differ():
    metro = read_scenes()["metro"]
    grams = {name: metro.grams(name, Decimal(1)) for name in metro.editions}
    assert grams == {"guangzhou_mean": 515, "guangzhou_substitution": 541}


def test_both_baselines_imply_2_40_billion_trips_a_year():
    metro, trips = read_scenes()["metro"], Decimal(2_400_000_000)
    published = {"guangzhou_mean": 1_240_000, "guangzhou_substitution": 1_300_000}
    for name, tonnes in published.items():
        assert metro.grams(name, trips) / 1e6 == pytest.approx(tonnes, rel=0.005)


def test_weak_factors_are_used_only_where_a_city_says_so():
    scenes = read_scenes()
    assert set(read_policy("plain", scenes).editions) == {"metro"}
    assert {one.grade for one in scenes["bus"].editions.values()} == {"provisional"}
    assert read_policy("trial", scenes).grade == "provisional"


def overlay(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


CHARGING = """
extends: charging_driver
editions:
  own:
    {equation: per_energy, label: {zh: 本市, en: own}, region: "370600", year: 2026, source: dafeng, grade: assumption,
     factors: {saved: {value: VALUE, unit: UNIT, label: {zh: 减碳量, en: saved}}}}
examples:
  - {edition: own, amount: 2, grams: 1000, by: hand}
"""


def test_a_city_adds_an_edition_to_a_scene_that_has_none(tmp_path):
    text = CHARGING.replace("VALUE", "0.5").replace("UNIT", "kgCO2/kWh")
    folder = overlay(tmp_path, "methods/inclusion/own.yaml", text)
    assert read_scenes(folder)["charging_driver"].grams("own", Decimal(3)) == 1500
    assert read_scenes()["charging_driver"].editions == {}


@pytest.mark.parametrize(("value", "unit"), [("0.5", "kgCO2/km"), ("-0.5", "kgCO2/kWh"), ("0.4", "kgCO2/kWh")])
def test_a_wrong_unit_sign_or_example_is_refused_when_it_is_read(tmp_path, value, unit):
    folder = overlay(tmp_path, "methods/inclusion/own.yaml", CHARGING.replace("VALUE", value).replace("UNIT", unit))
    with pytest.raises(DefinitionError):
        read_scenes(folder)


def test_a_policy_that_hides_weak_evidence_is_refused(tmp_path):
    import dafeng.library.overlay as layers

    text = (layers.shipped() / "inclusion/policy_trial.yaml").read_text(encoding="utf-8")
    hidden = text.replace("id: trial", "id: hidden").replace("provisional: true", "provisional: false")
    with pytest.raises(DefinitionError):
        read_policy("hidden", read_scenes(), overlay(tmp_path, "inclusion/policy_hidden.yaml", hidden))


def test_an_event_is_booked_as_grams_and_points_and_the_same_again_changes_nothing(tmp_path):
    with programme(tmp_path) as own:
        join(own, "13800000001")
        first = take(own, [event("13800000001", "t1"), event("13800000001", "b1", scene="bus", amount="10", minute=600)])
        assert (first.taken, first.grams, first.points) == (2, 515 + 520, 515 + 10)
        again = take(own, [event("13800000001", "t1")])
        assert (again.taken, again.again, again.grams) == (0, 1, 0)
        assert inclusion_balance(own, "13800000001") == {"grams": 1035, "points": 525, "voucher.merchant_5": 0}
        assert set(sums(own).values()) == {0}


def test_the_same_event_gets_the_same_answer_when_it_has_grown_late(tmp_path):
    with programme(tmp_path) as own:
        join(own, "a")
        [first] = next(take_batches(own, [event("a", "t1")]))
        own.clock.now += 400 * 86400
        [second] = next(take_batches(own, [event("a", "t1")]))
        assert (second.taken, second.again) == (first.taken, True)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"scene": "charging_driver"}, "inclusion.scene"),
        ({"scene": "rocket"}, "inclusion.scene"),
        ({"amount": "21"}, "inclusion.amount"),
        ({"amount": "1.5"}, "inclusion.amount"),
        ({"minute": 48 * 60 + 10}, "inclusion.future"),
        ({"minute": -31 * 24 * 60, "length": 1}, "inclusion.late"),
        ({"length": 25 * 60}, "inclusion.length"),
        ({"place": "370200"}, "inclusion.place"),
        ({"place": "999999"}, "inclusion.place"),
        ({"person": "nobody"}, "inclusion.unknown"),
        ({"minute": -10}, "inclusion.consent"),
        ({"person": "firm"}, "inclusion.holder"),
    ],
)
def test_what_is_not_taken_is_a_finding(tmp_path, fields, rule):
    with programme(tmp_path) as own:
        join(own, "a")
        join(own, "firm", kind="organisation")
        made = event(**{"person": "a", "evidence": "t1", **fields})
        tally = take(own, [made])
        assert (tally.taken, rules(tally.findings)) == (0, [rule])
        assert tally.refused == {rule: 1}


@pytest.mark.parametrize("amount", ["２", "٣", "1e0", "01", ".5", "1_0", "1,5", "nan", "0", "-1", "1.2345678"])
def test_an_amount_is_read_as_every_number_is(amount):
    with pytest.raises(AssertionError, match=r"inclusion\.field"):
        event("a", "t1", amount=amount)


@pytest.mark.parametrize(("scene", "rule"), [("metro", "inclusion.amount"), ("walk", None)])
def test_whole_things_are_not_taken_in_parts(tmp_path, scene, rule):
    with programme(tmp_path) as own:
        join(own, "a")
        [found] = next(take_batches(own, [event("a", "t1", scene=scene, amount="1.5")]))
        assert getattr(found, "rule", None) == rule
        assert rule is None or ("整数" in found.says.zh and "whole numbers" in found.says.en)
        [whole] = next(take_batches(own, [event("a", "t2", scene=scene, amount="1.0", minute=900)]))
        assert not hasattr(whole, "rule")


def test_a_district_of_the_city_lies_in_it(tmp_path):
    with programme(tmp_path) as own:
        join(own, "a")
        assert take(own, [event("a", "t1", place="370602")]).taken == 1


def test_no_event_is_taken_after_consent_was_withdrawn_and_again_after_it_was_given_anew(tmp_path):
    with programme(tmp_path) as own:
        person = join(own, "a")
        own.identities.withdraw(person, purpose=own.policy.purpose, now=own.clock())
        assert rules(take(own, [event("a", "t1")]).findings) == ["inclusion.consent"]
        assert join(own, "a", day=2) == person
        assert rules(take(own, [event("a", "t1")]).findings) == ["inclusion.consent"], "the trip was made without consent"
        own.clock.now += 3600 * 24
        assert take(own, [event("a", "t2", minute=48 * 60 + 1)]).taken == 1
        assert [one["withdrawn"] is None for one in own.identities.consents(person)] == [False, True]


def test_the_same_trip_is_not_claimed_as_bus_and_metro(tmp_path):
    with programme(tmp_path) as own:
        join(own, "a")
        join(own, "b")
        assert take(own, [event("a", "t1")]).taken == 1
        bus = event("a", "t2", scene="bus", amount="5", minute=8 * 60 + 10)
        assert rules(take(own, [bus]).findings) == ["inclusion.overlap"]
        assert rules(take(own, [event("b", "t1", minute=700)]).findings) == ["inclusion.claimed"]
        assert take(own, [event("b", "t3", scene="bus", minute=8 * 60 + 10)]).taken == 1, "another person may ride then"
        assert take(own, [event("a", "t4", scene="bus", minute=8 * 60 + 20)]).taken == 1, "one after the other is no overlap"


def test_the_same_charging_session_is_not_claimed_by_driver_and_operator(tmp_path):
    text = CHARGING.replace("VALUE", "0.5").replace("UNIT", "kgCO2/kWh")
    overlay(tmp_path, "methods/inclusion/one.yaml", text)
    overlay(tmp_path, "methods/inclusion/two.yaml", text.replace("charging_driver", "charging_operator"))
    scenes = read_scenes(tmp_path)
    chosen = {"charging_driver": "own", "charging_operator": "own"}
    with programme(tmp_path, editions=chosen) as base:
        from dataclasses import replace

        own = replace(base, scenes=scenes)
        join(own, "driver")
        join(own, "firm", kind="organisation")
        assert take(own, [event("driver", "s-77", scene="charging_driver", amount="20")]).taken == 1
        claim = event("firm", "s-77", scene="charging_operator", amount="20")
        assert rules(take(own, [claim]).findings) == ["inclusion.claimed"]


def test_what_a_registered_project_claims_is_not_claimed_again(tmp_path):
    csv = "project,scheme,scene,place,operator,begin,end,source\nP1,CCER,metro,370602,,2026-01-01,2026-12-31,dafeng\n"
    registered = read_registered(overlay(tmp_path, "inclusion/registered.csv", csv))
    assert registered == (
        Registered("P1", "CCER", "metro", "370602", "", day_of(int(START.timestamp())) - 59, registered[0].end),
    )
    with programme(tmp_path, registered=registered) as own:
        join(own, "a")
        tally = take(own, [event("a", "t1", place="370602"), event("a", "t2", place="370611", minute=600)])
        assert (tally.taken, rules(tally.findings)) == (1, ["inclusion.registered"])


REGISTERED = "project,scheme,scene,place,operator,begin,end,source\nP1,CCER,metro,{place},{operator},{days},dafeng\n"
ALL_YEAR = "2026-01-01,2026-12-31"


def registered_row(tmp_path, *, place="", operator="", days=ALL_YEAR):
    text = REGISTERED.format(place=place, operator=operator, days=days)
    return read_registered(overlay(tmp_path, "inclusion/registered.csv", text), scenes=read_scenes())


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"operator": "metro-co"}, "inclusion.registered"),
        ({"operator": "Metro-Co"}, "inclusion.registered"),
        ({"operator": "ｍｅｔｒｏ\uff0dｃｏ"}, "inclusion.registered"),
        ({"operator": "metro co"}, "inclusion.registered"),
        ({"operator": ""}, "inclusion.unclear"),
        ({}, "inclusion.unclear"),
        ({"operator": "bus-co"}, ""),
        ({"scene": "bus", "operator": ""}, ""),
    ],
)
def test_a_project_of_one_operator_keeps_out_its_events_and_those_of_nobody(tmp_path, fields, rule):
    with programme(tmp_path, registered=registered_row(tmp_path, operator="metro-co")) as own:
        join(own, "a")
        tally = take(own, [event("a", "t1", **fields)])
        assert (tally.taken, rules(tally.findings)) == ((0, [rule]) if rule else (1, []))


@pytest.mark.parametrize(("place", "rule"), [("370602", "registered"), ("370600", "unclear"), ("370611", "")])
def test_a_place_that_is_too_coarse_is_not_outside(tmp_path, place, rule):
    with programme(tmp_path, registered=registered_row(tmp_path, place="370602")) as own:
        join(own, "a")
        found = rules(take(own, [event("a", "t1", place=place)]).findings)
        assert found == ([f"inclusion.{rule}"] if rule else [])


def test_an_event_that_was_held_back_may_come_again_with_its_operator(tmp_path):
    with programme(tmp_path, registered=registered_row(tmp_path, operator="metro-co")) as own:
        join(own, "a")
        assert take(own, [event("a", "t1")]).refused == {"inclusion.unclear": 1}
        assert take(own, [event("a", "t1", operator="bus-co")]).taken == 1


def test_an_event_that_ends_in_the_period_of_a_project_lies_in_it(tmp_path):
    with programme(tmp_path, registered=registered_row(tmp_path, days="2026-03-02,2026-03-09")) as own:
        join(own, "a")
        trips = [event("a", "t1", minute=23 * 60 + 50), event("a", "t2", minute=23 * 60)]
        assert take(own, trips).refused == {"inclusion.registered": 1}


@pytest.mark.parametrize(
    "change",
    [
        {"place": "999999"},
        {"days": "20260101,2026-12-31"},
        {"days": "2026-W01-1,2026-12-31"},
        {"days": "2026-12-31,2026-01-01"},
    ],
)
def test_a_row_of_a_project_that_would_meet_nothing_is_refused(tmp_path, change):
    with pytest.raises(DefinitionError):
        registered_row(tmp_path, **change)


def test_a_row_of_a_scene_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DefinitionError):
        read_registered(overlay(tmp_path, "inclusion/registered.csv", REGISTERED.format(place="", operator="", days=ALL_YEAR)),
                        scenes={"bus"})  # fmt: skip


def test_points_of_a_day_stop_at_the_cap_but_reductions_do_not(tmp_path):
    with programme(tmp_path) as own:
        join(own, "a")
        walks = [event("a", f"w{n}", scene="walk", minute=480 + 30 * n) for n in range(8)]
        tally = take(own, walks, batch=3)
        assert (tally.taken, tally.points, tally.grams) == (8, 50, 8 * 104)
        more = take(own, [event("a", "next", scene="walk", minute=480 + 24 * 60)])
        assert more.points == 10, "the next day counts anew"


def test_a_day_has_a_cap_over_all_scenes(tmp_path):
    with programme(tmp_path, most_per_day=15) as own:
        join(own, "a")
        tally = take(own, [event("a", f"b{n}", scene="bus", minute=480 + 30 * n) for n in range(3)])
        assert tally.points == 15


def test_two_identities_of_one_person_are_one_account(tmp_path):
    with programme(tmp_path) as own:
        person = join(own, "138 0000-0001", "card-9")
        assert join(own, "１３８００００００01") == person
        assert own.identities.find("CARD 9") == person
        join(own, "else")
        with pytest.raises(ConflictError):
            join(own, "else", "card-9")
        with pytest.raises(ConflictError):
            join(own, "else", kind="organisation")


def test_no_identity_and_no_evidence_stands_in_any_file(tmp_path):
    with programme(tmp_path) as own:
        join(own, "13812345678")
        assert take(own, [event("13812345678", "ticket-4711")]).taken == 1
    for path in tmp_path.iterdir():
        content = path.read_bytes()
        assert b"13812345678" not in content, path
        assert b"ticket-4711" not in content, path


def test_a_blocked_account_takes_nothing_out_but_earns_and_a_closed_one_earns_nothing(tmp_path):
    with programme(tmp_path) as own:
        person = join(own, "a")
        own.ledger.submit([[SetState("x", f"points/{person}", "closed", "test")]])
        tally = take(own, [event("a", "t1")])
        assert rules(tally.findings) == ["inclusion.ledger.taker_unknown"]
        assert inclusion_balance(own, "a")["grams"] == 0, "grams and points are booked together or not at all"
        assert own.rows.query("SELECT count(*) FROM event") == [(0,)]


HEADS = "scene,person,evidence,started,ended,amount,place\n"


def test_a_file_is_read_row_by_row_with_findings_by_cell(tmp_path):
    path = tmp_path / "e.csv"
    good = "metro,a,t1,2026-03-01T08:00,2026-03-01T08:20,1,370600\n"
    bad = (
        good.replace(",1,3706", ",much,3706") + good.replace("T08:20", "T07:20") + good.replace("2026-03-01T08:00", "yesterday")
    )
    path.write_text(HEADS + good + bad + "metro,a\n" + good.replace("t1", ""), encoding="utf-8")
    found = list(read_events(path))
    assert [one.at for one in found] == ["e.csv!2", "e.csv!F3", "e.csv!E4", "e.csv!D5", "e.csv!6", "e.csv!C7"]
    assert [isinstance(one, Finding) for one in found] == [False, True, True, True, True, True]


def test_findings_do_not_tell_who_it_was(tmp_path):
    path = tmp_path / "e.csv"
    path.write_text(HEADS + "metro,138\u0000,t,2026-03-01T08:00,2026-03-01T08:20,1,370600\n", encoding="utf-8")
    [found] = read_events(path)
    assert isinstance(found, Finding)
    assert "138" not in found.says.zh + found.says.en


@pytest.mark.parametrize("text", ["", "scene,person\n", HEADS.replace("place", "scene"), "\x00\n"])
def test_a_file_of_something_else_is_refused(tmp_path, text):
    path = tmp_path / "e.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileRefused):
        list(read_events(path))


@pytest.mark.parametrize("text", ["nan", "inf", "-1", "0", "1e999", "1.0000001", "１.５.０", ""])
def test_an_amount_that_is_no_amount_is_a_finding(text):
    fields = {
        "scene": "metro",
        "person": "a",
        "evidence": "t",
        "started": "2026-03-01T08:00",
        "ended": "2026-03-01T08:20",
        "amount": text,
        "place": CITY,
    }
    assert isinstance(make_event(fields, "x"), Finding)


def test_a_day_begins_at_midnight_in_china():
    assert day_of(int(START.timestamp())) - day_of(int(START.timestamp()) - 1) == 1
    assert day_of(int(START.timestamp())) == START.date().toordinal()


def test_a_policy_that_is_not_there_is_named(tmp_path):
    with pytest.raises(LookupFailure):
        read_policy("none", read_scenes(), tmp_path)


def test_what_was_erased_stands_in_no_file_while_the_programme_goes_on(tmp_path):
    with programme(tmp_path) as own:
        join(own, "a")
        salt, key = own.identities._rows.query("SELECT p.salt, i.key FROM person p JOIN identity i ON i.person = p.person")[0]
    files = sorted(tmp_path.glob("i.sqlite*"))
    assert salt.encode() in b"".join(path.read_bytes() for path in files), "it stood there, and not only in the log"
    with programme(tmp_path) as own:
        erase_member(own, "a")
        held = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        assert own.identities._rows.query("SELECT count(*) FROM person") == [(0,)]
    for name, content in held.items():
        assert salt.encode() not in content, name
        assert key.encode() not in content, name


@pytest.mark.parametrize(
    "time",
    [
        "2026-W09-7T13:00", "2026-W097T13:00", "20260301T1300", "2026-03-01 13:00", "2026-060T13:00", "2026-03-01T13",
        "2026-03-01T13:00:00.5", "2026-03-01T13:00+08:00:30", "2026-03-01T13:00+0800", "2026-03-01T13:00+08",
        "2026-03-01T13:00z", "2026-03-01T13:00:00,5Z", "２０２６-03-01T13:00", "2026-03-01T13:00:00+08:00:00.000001",
        "2026-02-30T13:00", "2026-03-01T13:60",
    ],
)  # fmt: skip
def test_a_time_has_one_form(time):
    fields = {"scene": "metro", "person": "a", "evidence": "e", "ended": "2026-03-01T13:20", "amount": "1", "place": CITY}
    found = make_event({**fields, "started": time}, "f.csv!2")
    assert (isinstance(found, Finding), getattr(found, "rule", "")) == (True, "inclusion.field")


@pytest.mark.parametrize("time", ["2026-03-01T13:00", "2026-03-01T13:00:00", "2026-03-01T05:00Z", "2026-03-01T14:00:00+09:00"])
def test_a_time_with_offset_or_without_is_the_same_instant(time):
    fields = {"scene": "metro", "person": "a", "evidence": "e", "ended": "2026-03-01T13:20", "amount": "1", "place": CITY}
    found = make_event({**fields, "started": time}, "f.csv!2")
    assert found.started == int(START.timestamp()) + 13 * 3600
