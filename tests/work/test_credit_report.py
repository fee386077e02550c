"""Credit reports: only what the owner authorised leaves, each time in the log, and a code tells whether a file is genuine."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dafeng.core.errors import AccessError, LookupFailure, SettingError, StoreError
from dafeng.store.authorisations import read_authorisations
from dafeng.work.authorise import Authorisation, authorisation_document, authorise, list_authorisations, withdraw_authorisation
from dafeng.work.city import City, init
from dafeng.work.credit_report import credit_document, export_credit, verify_credit

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
BANK, LOAN = "云汀银行", "绿色贷款"
HEAD = "企业编号,企业名称,年份,行业,综合能耗（吨标准煤）,碳排放量（吨）,总产值（万元）,工业增加值（万元）\n"
SECRETS = ("7654321", "8765432", "9876543", "6543217")
"""Energy, emissions, output and value added of E1: no two of them share digits with anything else that is told."""
RULES = (
    "cutoffs:\n  - {scale: shandong, indicator: emission_intensity, against: benchmark, values: [80, 100, 120],"
    ' inclusive: better, source: t, date: "2026-01-01"}\n'
    "benchmarks:\n  - {sector: C25, indicator: emission_intensity, value: 1, unit: tCO2/10^4 CNY, year: 2020,"
    ' source: t, date: "2026-01-01"}\n'
    "scores:\n  own:\n    label: {zh: 评, en: own}\n    form: minmax\n"
    '    parts: [{indicator: energy_intensity, weight: 20}]\n    source: t\n    date: "2026-01-01"\n'
)
PARTS = (
    "energy",
    "emissions",
    "output",
    "value_added",
    "emission_intensity",
    "grade.shandong",
    "score.own",
    "size",
    "warnings",
)


@pytest.fixture
def city(tmp_path: Path) -> City:
    """A city with two enterprises."""
    made = init(tmp_path / "city", place="990100")
    folder = made.overlay / "enterprises"
    folder.mkdir()
    rows = f"E1,甲,2025,C25,{','.join(SECRETS)}\nNEXT9,邻居,2025,C25,1111111,2222222,3333333,4444444\n"
    (folder / "t.csv").write_text(HEAD + rows, encoding="utf-8")
    (folder / "enterprises.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "letter.pdf").write_bytes(b"signed")
    return made


def allow(city: City, *fields: str, until: str = "2026-12-31", **more: Any) -> Authorisation:
    """Enter an authorisation for the bank."""
    told = {"recipient": BANK, "purpose": LOAN, "who": "officer", "now": NOW, **more}
    return authorise(city, "E1", fields=fields, until=until, letter=city.folder.parent / "letter.pdf", **told)


def hand_out(city: City, name: str = "r.json", **more: Any) -> dict[str, Any]:
    """Export for the bank."""
    told: dict[str, Any] = {"recipient": BANK, "purpose": LOAN, "who": "officer", "now": NOW, **more}
    return export_credit(city, told.pop("enterprise", "E1"), city.folder.parent / name, **told)


def events(city: City) -> list[str]:
    """What stands in the log."""
    return [row["event"] for row in read_authorisations(city.folder)]


def test_an_authorised_report_holds_what_was_authorised(city: City) -> None:
    allow(city, "energy", "emission_intensity")
    made = hand_out(city)
    assert {one["field"].split(".")[0] for one in made["body"]["figures"]} == {"energy", "emission_intensity"}
    assert json.loads((city.folder.parent / "r.json").read_text(encoding="utf-8")) == made


def test_a_newer_and_narrower_authorisation_takes_nothing_back(city: City) -> None:
    wide = allow(city, "energy", "emission_intensity")
    narrow = allow(city, "energy")
    assert hand_out(city)["body"]["authorisation"]["id"] == wide.id
    assert hand_out(city, fields=("energy",))["body"]["fields"] == ["energy"]
    withdraw_authorisation(city, wide.id, who="officer", now=NOW)
    assert hand_out(city)["body"]["authorisation"]["id"] == narrow.id


def test_without_authorisation_nothing_is_written_and_the_refusal_is_logged(city: City) -> None:
    with pytest.raises(AccessError):
        hand_out(city)
    assert not (city.folder.parent / "r.json").exists()
    assert events(city) == ["refuse"]


@pytest.mark.parametrize(
    "asked",
    [
        {"recipient": "别的银行"},
        {"purpose": "别的用途"},
        {"enterprise": "NEXT9"},
        {"fields": ["energy", "output"]},
        {"now": datetime(2026, 12, 31, 16, tzinfo=UTC)},
    ],
    ids=["recipient", "purpose", "owner", "fields", "until"],
)
def test_an_authorisation_for_something_else_does_not_count(city: City, asked: dict[str, Any]) -> None:
    allow(city, "energy")
    with pytest.raises(AccessError):
        hand_out(city, **asked)
    assert events(city) == ["grant", "refuse"]


def test_an_authorisation_holds_until_midnight_in_china(city: City) -> None:
    allow(city, "energy")
    hand_out(city, now=datetime(2026, 12, 31, 15, 59, tzinfo=UTC))
    assert events(city) == ["grant", "export"]


def test_a_withdrawn_authorisation_ends_at_once(city: City) -> None:
    granted = allow(city, "energy")
    withdraw_authorisation(city, granted.id, who="officer", now=NOW)
    again = withdraw_authorisation(city, granted.id, who="officer", now=NOW)
    with pytest.raises(AccessError, match="withdrawn"):
        hand_out(city)
    assert events(city) == ["grant", "withdraw", "refuse"]
    assert authorisation_document(again, now=NOW)["state"] == "withdrawn"


def test_every_export_is_in_the_log(city: City) -> None:
    allow(city, "energy", "output")
    made = hand_out(city, fields=["energy"])
    row = read_authorisations(city.folder)[-1]
    assert (row["event"], row["recipient"], json.loads(row["fields"])) == ("export", BANK, ["energy"])
    assert json.loads(row["detail"])["code"] == made["code"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=st.sets(st.sampled_from(PARTS), min_size=1))
def test_nothing_leaks_that_was_not_authorised(city: City, fields: set[str]) -> None:
    granted = Authorisation("A00001", "E1", BANK, LOAN, tuple(sorted(fields)), "2026-12-31", "t", "w", "letter")
    text = json.dumps(credit_document(city, granted, now=NOW), ensure_ascii=False)
    told = dict(zip(("energy", "emissions", "output", "value_added"), SECRETS, strict=True))
    for name, secret in told.items():
        assert (secret in text) == (name in fields)
    assert "NEXT9" not in text
    assert "邻居" not in text
    assert not any(secret in text for secret in ("1111111", "2222222", "3333333", "4444444"))


def test_a_grade_alone_does_not_tell_the_figure_it_rests_on(city: City) -> None:
    allow(city, "grade.shandong")
    body = hand_out(city)["body"]
    assert [one["result"] for one in body["judgements"]] == ["yellow"]
    told = {address: trace["value"] for address, trace in body["traces"].items()}
    assert told["enterprise/E1.2025.emission_intensity.benchmark"] is None


def test_the_code_tells_a_genuine_report_from_another(city: City) -> None:
    allow(city, "energy")
    made, path = hand_out(city), city.folder.parent / "r.json"
    told = verify_credit(city, made["code"].lower(), path=path, now=NOW)
    assert (told["known"], told["matches"], told["authorisation"]["state"]) == (True, True, "valid")
    path.write_text(path.read_text(encoding="utf-8").replace(SECRETS[0], "1"), encoding="utf-8")
    assert verify_credit(city, made["code"], path=path)["matches"] is False
    assert verify_credit(city, "AAAA-AAAA-AAAA-AAAA")["known"] is False


def test_a_report_of_a_withdrawn_authorisation_stays_genuine_and_says_so(city: City) -> None:
    granted = allow(city, "energy")
    made = hand_out(city)
    withdraw_authorisation(city, granted.id, who="officer", now=NOW)
    assert verify_credit(city, made["code"], now=NOW)["authorisation"]["state"] == "withdrawn"


@pytest.mark.parametrize("form", ["xlsx", "pdf"])
def test_a_file_of_each_form_can_be_verified(city: City, form: str) -> None:
    allow(city, "energy", "grade.shandong")
    made = hand_out(city, f"r.{form}")
    assert verify_credit(city, made["code"], path=city.folder.parent / f"r.{form}")["matches"] is True


@pytest.mark.parametrize("change", [("E1", "E3"), ("officer", "nobody"), ("2026-12-31", "2036-12-31")])
def test_an_edited_log_is_refused(city: City, change: tuple[str, str]) -> None:
    allow(city, "energy")
    path = city.folder / "authorisations" / "log.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(StoreError):
        list_authorisations(city)


def test_a_row_taken_out_of_the_log_is_noticed(city: City) -> None:
    granted = allow(city, "energy")
    withdraw_authorisation(city, granted.id, who="officer", now=NOW)
    allow(city, "output")
    path = city.folder / "authorisations" / "log.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines[:2], *lines[3:]]), encoding="utf-8")
    with pytest.raises(StoreError):
        hand_out(city)


@pytest.mark.parametrize(
    "asked",
    [
        {"fields": ("nothing",)},
        {"fields": ()},
        {"until": "2026-02-28"},
        {"until": "soon"},
        {"recipient": " "},
        {"letter": "nowhere.pdf"},
        {"letter": "empty.pdf"},
    ],
)
def test_a_flawed_authorisation_is_refused(city: City, asked: dict[str, Any]) -> None:
    told = {"recipient": BANK, "purpose": LOAN, "fields": ("energy",), "until": "2026-12-31", "who": "officer", "now": NOW}
    told["letter"] = city.folder.parent / "letter.pdf"
    if "letter" in asked:
        asked = {"letter": city.folder.parent / asked["letter"]}
        (city.folder.parent / "empty.pdf").write_bytes(b"")
    with pytest.raises(SettingError):
        authorise(city, "E1", **{**told, **asked})  # type: ignore[arg-type]
    assert events(city) == []


def test_unknown_enterprises_authorisations_and_endings_are_refused(city: City) -> None:
    with pytest.raises(LookupFailure):
        authorise(
            city, "E7", recipient=BANK, purpose=LOAN, fields=("energy",), until="2026-12-31", letter="x", who="officer", now=NOW
        )
    with pytest.raises(LookupFailure):
        withdraw_authorisation(city, "A99999", who="officer")
    with pytest.raises(SettingError):
        hand_out(city, "r.exe")
