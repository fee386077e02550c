"""Carbon inclusion of a city folder: signed messages, the city's own rules and projects, private files."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from dafeng.core.errors import AccessError, DefinitionError, FileRefused, LookupFailure, SettingError
from dafeng.ledger.inclusion.events import CHINA
from dafeng.ledger.inclusion.webhook import sign
from dafeng.work.city import init, open_city
from dafeng.work.credits import take as take_step
from dafeng.work.inclusion import FILES, join_inclusion, open_inclusion, read_inclusion_keys, take_message
from dafeng.work.right_proof import audit_books
from dafeng.work.rights import Rights

NOW = int(datetime(2026, 3, 2, 12, tzinfo=CHINA).timestamp())


class Clock:
    """An instant that tests move."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def city(tmp_path):
    made = init(tmp_path / "city", place="370600")
    (made.folder / "inclusion_keys.yaml").write_text(
        f"keys:\n  metro: {{secret: {'s' * 40}, begin: {NOW}, end: {NOW + 86400}}}\n", encoding="utf-8"
    )
    return made


def message(evidence="t1", person="138"):
    """A metro trip that begins an hour after now."""
    begin = datetime.fromtimestamp(NOW, CHINA) + timedelta(hours=1)
    fields = {"scene": "metro", "person": person, "evidence": evidence, "started": begin.isoformat(), "amount": 1}
    return json.dumps({"events": [{**fields, "ended": begin.isoformat(), "place": "370602"}]}).encode()


def test_a_signed_message_is_taken_once_however_often_it_is_sent(city):
    clock = Clock()
    keys = read_inclusion_keys(city)
    with open_inclusion(city, clock=clock) as programme:
        join_inclusion(programme, "138", consent=True)
        clock.now += 7200
        signature = sign(message(), keys["metro"], clock.now)
        first = take_message(programme, message(), signature, keys)
        again = take_message(programme, message(), signature, keys)
        assert (first.taken, first.again, again.taken, again.again) == (1, 0, 0, 1)
        with pytest.raises(AccessError):
            take_message(programme, message("t2"), signature, keys)
        with pytest.raises(FileRefused):
            take_message(programme, b"x", sign(b"x", keys["metro"], clock.now), keys)
        clock.now += 301
        with pytest.raises(AccessError):
            take_message(programme, message(), signature, keys)
        assert programme.rows.query("SELECT count(*) FROM event") == [(1,)]


def test_without_keys_no_message_passes(city):
    (city.folder / "inclusion_keys.yaml").unlink()
    assert read_inclusion_keys(city) == {}
    with open_inclusion(city, clock=Clock()) as programme, pytest.raises(AccessError):
        take_message(programme, message(), f"t={NOW},k=,s=", {})


def test_keys_that_are_misspelt_are_refused(city):
    (city.folder / "inclusion_keys.yaml").write_text("keys:\n  metro: {secrets: x}\n", encoding="utf-8")
    with pytest.raises(DefinitionError):
        read_inclusion_keys(city)


def test_the_city_lists_projects_that_have_claimed_a_scene(city):
    (city.overlay / "inclusion").mkdir(parents=True)
    (city.overlay / "inclusion/registered.csv").write_text(
        "project,scheme,scene,place,operator,begin,end,source\nP9,CCER,metro,,,2026-01-01,2026-12-31,dafeng\n", encoding="utf-8"
    )
    clock = Clock()
    keys = read_inclusion_keys(city)
    with open_inclusion(city, clock=clock) as programme:
        join_inclusion(programme, "138", consent=True)
        clock.now += 7200
        told = take_message(programme, message(), sign(message(), keys["metro"], clock.now), keys)
        assert told.refused == {"inclusion.registered": 1}
        assert "P9" in told.findings[0].says.zh


PROJECT = {
    "scheme": "inclusion", "method": "apple_orchard", "assets": ["metro-co"],
    "facts": {"city_method": True, "in_ets": False, "other_mechanism": False, "owner_consents": True},
}  # fmt: skip


TRIPS = count(1)


def claimed(city, **fields):
    """Rules that keep a trip out; each trip is another one."""
    begin = (datetime.fromtimestamp(NOW, CHINA) + timedelta(hours=1, seconds=next(TRIPS))).isoformat()
    clock = Clock()
    with open_inclusion(city, clock=clock) as programme:
        join_inclusion(programme, "138", consent=True)
        clock.now += 7200
        told = json.loads(message(begin))
        told["events"][0] |= {"started": begin, "ended": begin, **fields}
        keys = read_inclusion_keys(city)
        body = json.dumps(told).encode()
        return take_message(programme, body, sign(body, keys["metro"], clock.now), keys).refused


def enter(city, **more):
    take_step(city, "co-1", "enter", who="地铁公司", day="2026-01-02", values={**PROJECT, **more})


def register(city):
    for step, day in (("publish", "2026-01-10"), ("validate", "2026-02-20"), ("register", "2026-02-21")):
        take_step(city, "co-1", step, who=f"{step}者", day=day, values={})


def test_the_register_of_credit_projects_keeps_out_what_a_project_claims(city):
    enter(city, boundary=[{"scene": "metro", "place": "370602", "operator": "Metro Co"}])
    assert claimed(city, operator="metro-co") == {"inclusion.unclear": 1}, "it may be registered yet"
    register(city)
    assert claimed(city, operator="metro-co") == {"inclusion.registered": 1}
    assert claimed(city) == {"inclusion.unclear": 1}, "nobody says who ran it"
    assert claimed(city, operator="bus-co") == {}
    assert claimed(city, operator="metro-co", place="370611") == {}
    take_step(city, "co-1", "cancel", who="登记机构", day="2026-03-01", values={})
    assert claimed(city, operator="metro-co") == {}


def test_a_boundary_of_a_scene_that_is_not_known_may_be_any(city):
    enter(city, boundary=[{"scene": "metros"}])
    register(city)
    assert claimed(city) == {"inclusion.unclear": 1}


@pytest.mark.parametrize("boundary", ["metro", [{}], [{"scene": " "}], [{"colour": "x"}], [{"place": "999999"}], [["scene"]]])
def test_a_boundary_that_says_nothing_is_refused(city, boundary):
    with pytest.raises(SettingError, match="boundary"):
        enter(city, boundary=boundary)


def test_another_use_of_what_an_operator_saves_keeps_its_events_out(city):
    year = {"start": "2026-01-01", "end": "2026-12-31"}
    take_step(city, "asset:x", "use", who="a", day="2026-01-02", values={"asset": "Metro-Co", "use": "ets", **year})
    take_step(city, "asset:y", "use", who="a", day="2026-01-02", values={"asset": "bus-co", "use": "inclusion", **year})
    assert claimed(city, operator="metro-co") == {"inclusion.registered": 1}
    assert claimed(city, operator="bus-co") == {}


def test_a_project_meets_the_events_of_its_asset_in_its_periods_only(city):
    enter(city)
    register(city)
    span = {"start": "2026-02-01", "end": "2026-02-28", "quantity": 5}
    take_step(city, "co-1", "monitor", who="地铁公司", day="2026-03-01", values=span)
    assert claimed(city, operator="metro-co") == {}
    take_step(
        city, "co-1", "monitor", who="地铁公司", day="2026-03-05", values={**span, "start": "2026-03-01", "end": "2026-03-04"}
    )
    assert claimed(city, operator="metro-co") == {"inclusion.registered": 1}
    assert claimed(city) == {}


def test_rules_that_are_not_there_are_named(city):
    path = city.folder / "city.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("options: {}", "options: {inclusion: nowhere}"), encoding="utf-8")
    with pytest.raises(LookupFailure), open_inclusion(open_city(city.folder)):
        pass


def test_files_of_people_are_for_the_owner_only(city):
    with open_inclusion(city):
        pass
    for name in FILES:
        assert (city.folder / name).stat().st_mode & 0o077 == 0, name


def audit(city):
    """Codes and places of what the audit of the books finds."""
    with Rights(city) as rights:
        return [(one.rule, one.at) for one in audit_books(rights)]


def test_the_audit_of_the_books_looks_at_events_too(city):
    assert audit(city) == []
    assert not (city.folder / FILES[0]).exists(), "asking makes nothing"
    assert claimed(city) == {}
    assert audit(city) == []
    with sqlite3.connect(city.folder / FILES[0]) as file:
        file.execute("DELETE FROM event")
    assert {rule for rule, _ in audit(city)} == {"ledger.inclusion_missing"}
    for name in ("", "-wal", "-shm"):
        (city.folder / (FILES[0] + name)).unlink(missing_ok=True)
    assert audit(city)[0] == ("ledger.inclusion_missing", "inclusion"), "the file is gone, what was booked is not"


def test_events_whose_ledger_is_gone_are_found(city):
    assert claimed(city) == {}
    for name in ("", "-wal", "-shm"):
        Path(str(city.ledger) + name).unlink(missing_ok=True)
    assert ("ledger.inclusion_booked", "inclusion.event/1") in audit(city)
    assert not Path(city.ledger).exists(), "looking makes no ledger"


def test_scenes_that_cannot_be_read_are_told_and_the_rest_is_audited(city):
    assert claimed(city) == {}
    (city.overlay / "inclusion").mkdir(parents=True)
    (city.overlay / "inclusion/overlaps.csv").write_text("group,scene,interval\nx,nowhere,yes\n", encoding="utf-8")
    assert [rule for rule, _ in audit(city)] == ["ledger.inclusion_edition"]


def test_an_edition_that_was_changed_after_events_were_taken_is_told(city):
    assert claimed(city) == {}
    with sqlite3.connect(city.folder / FILES[0]) as file:
        file.execute("UPDATE event SET edition = 'gone'")
    assert audit(city) == [(f"ledger.inclusion_{one}", "inclusion.event/1") for one in ("edition", "booked")]
