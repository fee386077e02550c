"""Corrections: reported and corrected value both stay, with who and why; the past stays readable."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from dafeng.core.errors import LookupFailure, SettingError
from dafeng.readers.suggestions import AuditFinding, name_finding
from dafeng.store.models import FigureCorrection
from dafeng.store.records import open_records
from dafeng.work import correct as module
from dafeng.work.account import account
from dafeng.work.audit import accept, audit
from dafeng.work.city import City, init
from dafeng.work.correct import correct, corrections
from dafeng.work.ingest import ingest
from dafeng.work.measure import measure

HEAD = "indicator,place,period,value,unit,source,grade,note\n"
TOLD = {"reason": "少写一位", "who": "王五"}


@pytest.fixture
def city(tmp_path: Path) -> City:
    made = init(tmp_path / "city", place="370600")
    deliver(made, "a.csv", "781.642")
    return made


def deliver(city: City, name: str, value: str) -> None:
    path = city.folder.parent / name
    path.write_text(HEAD + f"gdp,370600,2020,{value},亿元,dafeng,reported,\n", encoding="utf-8")
    city_findings.append(ingest(city, [path]).findings)


city_findings: list = []


def values(city: City, **options) -> list[Decimal]:
    return [row["value"].normalize() for row in city.facts.read(**options).to_pylist()]


def test_both_values_stay_with_reason_and_person(city: City) -> None:
    made = correct(city, "a.csv!D2", value="7816.42", **TOLD)
    assert (made.reported, made.corrected, made.reason, made.who, made.at) == (
        Decimal("781.642"), Decimal("7816.42"), "少写一位", "王五", "a.csv!D2",
    )  # fmt: skip
    assert (values(city), corrections(city)) == ([Decimal("7816.42")], (made,))


def test_before_the_correction_the_reported_value_is_known(city: City) -> None:
    before = datetime.now(UTC)
    correct(city, "a.csv!D2", value="7816.42", **TOLD)
    assert values(city, known_at=before) == [Decimal("781.642")]


def test_a_correction_is_in_the_audit_log_with_the_name(city: City) -> None:
    made = correct(city, "a.csv!D2", value="7816.42", **TOLD)
    with open_records(city.records) as records:
        assert records.verify() == ()
        with records.read() as session:
            assert session.get(FigureCorrection, made.id).who == "王五"


def test_asked_for_twice_it_is_one_correction(city: City) -> None:
    first = correct(city, "a.csv!D2", value="7816.42", **TOLD)
    assert correct(city, first.fact, value="7816.42", **TOLD) == first
    assert correct(city, first.replaces, value="7816.42", **TOLD) == first
    assert len(corrections(city)) == 1


def test_undoing_is_another_correction(city: City) -> None:
    made = correct(city, "a.csv!D2", value="7816.42", **TOLD)
    correct(city, made.fact, value="781.642", reason="原数无误", who="赵六")
    assert (values(city), [one.in_force for one in corrections(city)]) == ([Decimal("781.642")], [False, True])


def test_a_corrected_figure_is_named_by_its_cell_again(city: City) -> None:
    first = correct(city, "a.csv!D2", value="7816.42", **TOLD)
    second = correct(city, "a.csv!D2", value="7820", reason="再核", who="赵六")
    third = correct(city, "a.csv!D2", value="7821", reason="三核", who="赵六")
    assert (second.replaces, third.replaces, third.reported) == (first.fact, second.fact, Decimal(7820))
    assert (values(city), [one.in_force for one in corrections(city)]) == ([Decimal("7821")], [False, False, True])
    history = city.facts.history([third.fact]).to_pylist()
    assert [row["value"] for row in history] == [Decimal("781.642"), Decimal("7816.42"), Decimal(7820), Decimal(7821)]


def test_the_id_of_a_replaced_figure_is_refused_with_the_one_to_use(city: City) -> None:
    first = correct(city, "a.csv!D2", value="7816.42", **TOLD)
    second = correct(city, first.fact, value="7820", reason="再核", who="赵六")
    for former in (first.replaces, first.fact):
        with pytest.raises(SettingError) as caught:
            correct(city, former, value="7821", reason="三核", who="赵六")
        assert (second.fact in caught.value.what.zh, second.fact in caught.value.expected.en) == (True, True)


def test_the_same_correction_by_cell_asked_for_twice_is_one(city: City) -> None:
    first = correct(city, "a.csv!D2", value="7816.42", **TOLD)
    assert correct(city, "a.csv!D2", value="7816.42", **TOLD) == first
    assert len(corrections(city)) == 1


def test_a_second_correction_by_cell_is_in_the_unit_that_counts(city: City) -> None:
    correct(city, "a.csv!D2", value="78164200", unit="万元", **TOLD)
    second = correct(city, "a.csv!D2", value="78200000", reason="再核", who="赵六")
    assert (second.unit, second.reported, second.corrected) == ("万元", Decimal(78164200), Decimal(78200000))


def test_a_cell_does_not_name_what_a_later_delivery_says(city: City) -> None:
    correct(city, "a.csv!D2", value="7816.42", **TOLD)
    deliver(city, "new.csv", "7900")
    newest = city.facts.read().to_pylist()[0]["fact"]
    with pytest.raises(SettingError) as caught:
        correct(city, "a.csv!D2", value="7816.4", **TOLD)
    assert [newest in told for told in (caught.value.expected.zh, caught.value.expected.en)] == [True, True]
    assert ("new.csv!D2" in caught.value.what.en, values(city)) == (True, [Decimal(7900)])
    made = correct(city, "new.csv!D2", value="7901", reason="再核", who="赵六")
    assert (made.replaces, values(city)) == (newest, [Decimal(7901)])


def test_a_cell_of_two_deliveries_names_both_figures_though_one_was_corrected(city: City) -> None:
    correct(city, "a.csv!D2", value="7816.42", **TOLD)
    (city.folder.parent / "a.csv").write_text(HEAD + "gdp,370600,2021,8500,亿元,dafeng,reported,\n", encoding="utf-8")
    ingest(city, [city.folder.parent / "a.csv"])
    with pytest.raises(SettingError) as caught:
        correct(city, "a.csv!D2", value="8600", reason="再核", who="赵六")
    ids = [row["fact"] for row in city.facts.read().to_pylist()]
    assert ([one in caught.value.expected.zh for one in ids], len(ids)) == ([True, True], 2)


def test_explaining_shows_the_reported_figure_below_the_corrected_one(city: City) -> None:
    made = correct(city, "a.csv!D2", value="7816.42", **TOLD)
    traces = measure(city, account(city)).traces
    shown = traces.get(f"facts/{made.fact}")
    below = traces.get(shown.inputs[0])
    assert (shown.value, below.value, below.cell.cell) == ("7816.42", "781.642", "D2")
    assert all(word in shown.note.zh for word in ("更正", "王五", "少写一位", "781.642"))


def test_the_wrong_figure_delivered_again_does_not_undo_the_correction(city: City) -> None:
    correct(city, "a.csv!D2", value="7816.42", **TOLD)
    deliver(city, "again.csv", "781.6420")
    assert (values(city), [f.rule for f in city_findings[-1]]) == ([Decimal("7816.42")], ["ingest.corrected"])


def test_a_new_figure_replaces_a_correction_and_says_so(city: City) -> None:
    correct(city, "a.csv!D2", value="7816.42", **TOLD)
    deliver(city, "new.csv", "7900")
    assert (values(city), [f.rule for f in city_findings[-1]]) == ([Decimal("7900")], ["ingest.replaced"])


def test_an_interrupted_correction_is_completed(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module, "_append", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            correct(city, "a.csv!D2", value="7816.42", **TOLD)
    assert values(city) == [Decimal("781.642")]
    assert ([one.corrected for one in corrections(city)], values(city)) == ([Decimal("7816.42")], [Decimal("7816.42")])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"fact": "b.csv!D2"}, "no figure"),
        ({"value": "many"}, "no figure that can be kept"),
        ({"value": "781.642"}, "already"),
        ({"unit": "万吨"}, "another dimension"),
        ({"unit": "万口"}, "unknown unit"),
        ({"reason": " "}, "reason"),
        ({"who": ""}, "who"),
    ],
)
def test_what_cannot_be_a_correction_is_refused(city: City, asked: dict, said: str) -> None:
    told = {"fact": "a.csv!D2", "value": "7816.42", **TOLD, **asked}
    with pytest.raises(SettingError) as refused:
        correct(city, told.pop("fact"), **told)
    assert said in refused.value.read("en")
    assert corrections(city) == ()


def test_a_suggestion_is_accepted_by_its_id(city: City, tmp_path: Path) -> None:
    parts = {"primary_value_added": "500.25", "secondary_value_added": "3000.5", "tertiary_value_added": "431.567"}
    rows = "".join(f"{name},370600,2021,{value},亿元,dafeng,reported,\n" for name, value in {"gdp": "7816.42", **parts}.items())
    (tmp_path / "parts.csv").write_text(HEAD + rows, encoding="utf-8")
    ingest(city, [tmp_path / "parts.csv"])
    found = next(one for one in audit(city) if isinstance(one, AuditFinding) and one.suggestion)
    made = accept(city, name_finding(found), who="王五")
    assert (made.at, made.reported, made.corrected, found.rule) == (
        "parts.csv!D5", Decimal("431.567"), Decimal("4315.67"), "audit.parts",
    )  # fmt: skip
    assert not [one for one in audit(city, year=2021) if one.rule == "audit.parts"]
    assert city.facts.read(indicators=("tertiary_value_added",)).to_pylist()[0]["grade"] == "derived"


def test_a_suggestion_that_is_not_there_is_refused(city: City) -> None:
    with pytest.raises(LookupFailure):
        accept(city, "0123456789", who="王五")


@pytest.fixture
def series(tmp_path: Path) -> City:
    """Energy of five years, the last of which is 551."""
    made = init(tmp_path / "series", place="370600")
    path = tmp_path / "series.csv"
    years = "".join(f"能源消费总量,{2020 + n},{value},万吨标准煤\n" for n, value in enumerate((500, 512.5, 530.5, 545, 551)))
    path.write_text("指标,年份,数值,单位\n" + years, encoding="utf-8")
    ingest(made, [path])
    return made


def test_a_correction_that_the_checks_doubt_is_told_before_it_is_kept(series: City) -> None:
    with pytest.raises(SettingError) as refusal:
        correct(series, "series.csv!C6", value="5510", **TOLD)
    told = refusal.value
    assert ("5510" in told.what.zh, "5510" in told.what.en, told.where) == (True, True, "series.csv!C6")
    assert "--sure" in told.remedy.en
    assert corrections(series) == ()


def test_who_is_sure_keeps_a_doubted_value_and_the_reason_says_so(series: City) -> None:
    made = correct(series, "series.csv!C6", value="5510", sure=True, **TOLD)
    assert (made.corrected, made.reason, made.in_force) == (Decimal(5510), "少写一位（已核实）", True)
    assert correct(series, made.replaces, value="5510", sure=True, **TOLD) == made
    assert "audit.slip" in {one.rule for one in audit(series)}
    assert correct(series, made.fact, value="551", reason="原数无误", who="赵六").corrected == Decimal(551)


def test_a_plausible_correction_is_not_doubted(series: City) -> None:
    assert correct(series, "series.csv!C6", value="553", **TOLD).corrected == Decimal(553)


def test_a_correction_to_a_negative_amount_is_doubted(series: City) -> None:
    with pytest.raises(SettingError, match="C6"):
        correct(series, "series.csv!C6", value="-551", **TOLD)
