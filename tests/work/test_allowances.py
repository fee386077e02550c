"""Allowances of a city: from a table of units to booked, surrendered and carried allowances."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from dafeng.core.errors import DafengError, DefinitionError, FileRefused, SettingError
from dafeng.ledger.allowances import read_benchmarks
from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.refusals import Booked
from dafeng.ledger.requests import OpenAccount, OpenBook, Transfer
from dafeng.ledger.working_days import read_holidays
from dafeng.work.allotments import book_allowances, open_period, repay_claim
from dafeng.work.allowances import allowances, allowances_document, read_plants
from dafeng.work.carry_over import carry_over
from dafeng.work.city import City, init
from dafeng.work.settle import find_standing, read_calendar, settle, surrender
from dafeng.work.settlement_document import calendar_document, settlement_document

HEAD = "enterprise,unit,year,unit_class,electricity_generated,heat,load_factor,verified,verified_before,forecast"
ROWS = (
    "甲,1,2023,coal_above_300,1000000,200000,0.6,850000,800000,",
    "乙,1,2023,coal_to_300,500000,0,0.7,,400000,420000",
    "丙,1,2023,coal_to_300,500000,0,0.7,,,",
)
DAY = "2024-06-01"


def table(folder: Path, *rows: str, head: str = HEAD, encoding: str = "utf-8") -> Path:
    path = folder / "plants.csv"
    path.write_bytes("\n".join((head, *rows)).encode(encoding))
    return path


def make_city(tmp_path: Path) -> City:
    """A city with two periods, three companies and a pre-allocation for two of them."""
    made = init(tmp_path / "city", place="370600")
    (made.overlay / "rights").mkdir()
    plants = table(made.overlay / "rights", *ROWS)
    for year in ("2023", "2024"):
        open_period(made, f"cea-{year}", year, limit=5_000_000, enterprises=["甲", "乙", "丙"])
    assert {one.state for one in book_allowances(made, "cea-2023", allowances(plants), before=True, day=DAY)} == {
        "booked", "not_measurable",
    }  # fmt: skip
    return made


@pytest.fixture
def city(tmp_path) -> City:
    return make_city(tmp_path)


def final(city: City) -> list[tuple[str, int, int, str]]:
    found = book_allowances(city, "cea-2023", allowances(city.overlay / "rights" / "plants.csv"), before=False, day=DAY)
    return [(one.enterprise, one.booked, one.owed, one.state) for one in found]


def test_a_table_gives_allowances_that_explain_themselves(tmp_path):
    found = allowances(table(tmp_path, *ROWS))
    assert [one.allowance for one in found.entitlements] == [864544, 404500, 404500]
    assert [one.before and one.before.whole for one in found.entitlements] == [560000, 280000, None]
    document = json.loads(json.dumps(allowances_document(found)))
    unit = document["companies"][0]["units"][0]
    assert [one["value"] for one in unit["benchmarks"]] == ["0.795", "0.1038"]
    assert {one["source"] for one in unit["benchmarks"]} == {"ets-power-2023"}
    assert unit["worked"]["policy"] == "allowance.coal.2023"
    assert unit["worked"]["inputs"]["load_factor"] == "0.6"
    assert all(step["formula"] and step["says"]["zh"] for step in unit["worked"]["steps"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_may_be_in_chinese(tmp_path, encoding):
    head = "企业,机组,年度,机组类别,供电量（MWh）,供热量,供热比,负荷系数,冷却方式"
    path = table(tmp_path, "甲,1,2021,coal_above_300,1000000,0,0,0.85,air", head=head, encoding=encoding)
    assert allowances(path).entitlements[0].allowance == 862890  # 10^6 · 0.8218 · 1.05


@pytest.mark.parametrize(
    ("row", "rules"),
    [
        ("甲,2,2023,coal_to_300,abc,0,1,,,", {"allowance.row", "allowance.missing"}),
        ("甲,2,2023,coal_to_300,-5,0,1,,,", {"allowance.row", "allowance.missing"}),
        ('甲,2,2023,coal_to_300,"1,000",0,1,,,', {"allowance.row", "allowance.missing"}),
        ("甲,2,2023,coal_to_300,1e6,0,1,,,", {"allowance.row", "allowance.missing"}),
        ("甲,,2023,coal_to_300,5,0,1,,,", {"allowance.row"}),
        ("甲,1,2023,coal_to_300,5,0,1,,,", {"allowance.twice"}),
        ("甲,2,2023,coal,5,0,1,,,", {"allowance.class"}),
        ("甲,2,2023,coal_to_300,5,0,1.2,,,", {"allowance.bounds"}),
    ],
)
def test_a_bad_row_makes_the_whole_company_unknown(tmp_path, row, rules):
    found = allowances(table(tmp_path, ROWS[0], row))
    seen = {one.rule for one in (*found.findings, *found.entitlements[0].findings)}
    assert rules <= seen
    assert found.entitlements[0].allowance is None
    assert all(one.says.zh and one.remedy.en for one in found.findings)


@pytest.mark.parametrize("year", ["2O23", "", "２０２３", "1923"])
def test_a_unit_whose_year_cannot_be_read_makes_its_company_unknown(city, year):
    """The sum of the other unit would be 404 500 t, and 700 000 t would meet what it owes."""
    table(
        city.overlay / "rights",
        "丙,1,2023,coal_to_300,500000,0,0.7,700000,,",
        f"丙,2,{year},coal_to_300,500000,0,0.7,850000,,",
        ROWS[0],
    )
    found = allowances(city.overlay / "rights" / "plants.csv")
    first, other = found.entitlements
    assert (first.enterprise, first.allowance, first.obligation.whole, other.allowance) == ("丙", None, None, 864544)
    assert ["year" in one.says.en for one in found.findings] == [True]
    assert final(city)[0] == ("丙", 0, 0, "not_measurable")
    standing = {one.enterprise: one for one in settle(city, "cea-2023", "2023").standings}["丙"]
    assert (standing.verdict, standing.limit.whole) == ("not_measurable", None)


def test_a_unit_that_stands_in_the_year_is_not_lost_in_it(tmp_path):
    found = allowances(table(tmp_path, ROWS[0], ROWS[0].replace(",2023,", ",x,")))
    assert [(one.year, one.allowance) for one in found.entitlements] == [(2023, 864544)]


def test_a_row_without_a_company_may_be_anyones(tmp_path):
    found = allowances(table(tmp_path, *ROWS[:2], ROWS[1].replace("乙,1", ",9"), ROWS[0].replace("2023", "2024")))
    assert {(one.year, one.allowance is None) for one in found.entitlements} == {(2023, True), (2024, False)}
    assert [one.at for one in found.findings] == ["plants.csv:4"]


def test_the_same_row_twice_counts_once(tmp_path):
    found = allowances(table(tmp_path, ROWS[0], ROWS[0]))
    assert (found.entitlements[0].allowance, [one.rule for one in found.findings]) == (864544, ["allowance.twice"])


@pytest.mark.parametrize("other", ["甲,１,", "甲,1\u200b,", "甲 ,1 x,"], ids=["width", "unseen", "own"])
def test_a_unit_in_two_spellings_counts_for_nobody(tmp_path, other):
    found = allowances(table(tmp_path, ROWS[0], ROWS[0].replace("甲,1,", other, 1)))
    same = other != "甲 ,1 x,"
    told = {finding.rule for one in found.entitlements for finding in one.findings}
    assert (found.entitlements[0].allowance, "allowance.spelling" in told) == ((None, True) if same else (1729088, False))


def test_another_spelling_in_another_year_hinders_nobody(tmp_path):
    found = allowances(table(tmp_path, ROWS[0], ROWS[0].replace("甲,1,2023", "甲 ,１,2024", 1)))
    assert [one.allowance is None for one in found.entitlements if one.year == 2023] == [False]


def test_a_company_in_two_spellings_counts_for_nobody(tmp_path):
    rows = [ROWS[0].replace("甲,1,", f"{name},{unit},", 1) for unit, name in enumerate(("ABC", "ＡＢＣ", "abc"), 1)]
    found = allowances(table(tmp_path, *rows, ROWS[1]))
    said = next(one for one in found.entitlements[0].findings if one.rule == "allowance.spelling")
    assert [one.allowance for one in found.entitlements] == [None, None, None, 404500]
    assert (said.severity, "ABC | ＡＢＣ | abc" in said.says.en) == ("error", True)


def test_what_is_no_table_is_refused(tmp_path):
    with pytest.raises(FileRefused, match="unit_class"):
        read_plants(table(tmp_path, head="enterprise,unit,year"))
    with pytest.raises(FileRefused):
        read_plants(tmp_path / "none.csv")
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(FileRefused):
        read_plants(tmp_path / "x.csv")


def test_booking_twice_changes_nothing(city):
    first = final(city)
    assert first == [("甲", 864544, 0, "booked"), ("乙", 404500, 0, "booked"), ("丙", 404500, 0, "booked")]
    assert [one[3] for one in final(city)] == ["same"] * 3


def test_a_book_takes_its_own_year_only(city):
    path = table(city.folder, ROWS[0], ROWS[0].replace(",2023,", ",2024,"))
    booked = book_allowances(city, "cea-2023", allowances(path), before=False, day=DAY)
    assert [(one.enterprise, one.booked) for one in booked] == [("甲", 864544)]
    with pytest.raises(SettingError, match="cea-1999"):
        book_allowances(city, "cea-1999", allowances(path), before=False, day=DAY)


def test_a_company_without_an_account_is_a_row(city):
    path = table(city.folder, "丁,1,2023,coal_to_300,5,0,1,,,")
    assert [one.state for one in book_allowances(city, "cea-2023", allowances(path), before=False, day=DAY)] == [
        "taker_unknown"
    ]


def test_a_lower_final_allowance_becomes_a_claim(city):
    final(city)
    with open_ledger(city.ledger) as ledger:
        ledger.submit([[Transfer("sale", "trade", "cea-2023.乙", "cea-2023.甲", 404500, DAY)]])
    lower = table(city.overlay / "rights", ROWS[1].replace("500000", "400000"))
    share = book_allowances(city, "cea-2023", allowances(lower), before=False, day=DAY)[0]
    assert (share.booked, share.owed) == (323600, 80900)
    with open_ledger(city.ledger) as ledger:
        ledger.submit([[Transfer("back", "trade", "cea-2023.甲", "cea-2023.乙", 900, DAY)]])
    assert repay_claim(city, "cea-2023", "乙", day=DAY).owed == 80000
    assert repay_claim(city, "cea-2023", "乙", day=DAY).state == "same"


def test_settling_says_what_is_short_and_what_is_not_known(city):
    final(city)
    found = {one.enterprise: one for one in settle(city, "cea-2023", "2023").standings}
    first, second, third = found["甲"], found["乙"], found["丙"]
    assert (first.verdict, first.limit.whole, first.check.value) == ("short", 42500, 850000)
    assert first.forecast.value == 864544 - 850000
    assert first.penalty.value is None
    assert [one.name for one in first.penalty.missing] == ["penalty_rate"]
    assert (second.verdict, second.forecast.value) == ("not_measurable", 404500 - 420000)
    assert (third.verdict, [one.name for one in third.forecast.missing]) == ("not_measurable", ["obligation"])
    document = json.loads(json.dumps(settlement_document(settle(city, "cea-2023", "2023"))))
    assert {one["date"] for one in document["calendar"]} == {None}
    assert document["companies"][0]["penalty"]["state"] == "not_measurable"


@pytest.mark.parametrize(
    ("unit", "due", "gap"),
    [
        ("gas,300000,50000,0.6,{}", 101_830, 0),  # what a gas unit lacks is not owed
        ("coal_above_300,1000000,200000,0.6,{}", 1_264_544, -400_000),  # at most a fifth of 2 000 000 is
    ],
)
@pytest.mark.parametrize("column", ["verified", "forecast"])
def test_the_forecast_rests_on_what_will_be_owed(tmp_path, unit, due, gap, column):
    tonnes = "120000" if unit.startswith("gas") else "2000000"
    emitted = f"{tonnes},," if column == "verified" else f",,{tonnes}"
    made = init(tmp_path / "city", place="370600")
    (made.overlay / "rights").mkdir()
    table(made.overlay / "rights", f"甲,1,2023,{unit.format(emitted)}")
    open_period(made, "cea-2023", "2023", limit=5_000_000, enterprises=["甲"])
    final(made)
    found = find_standing(settle(made, "cea-2023", "2023"), "甲")
    assert (found.entitlement.obligation.whole, found.entitlement.owed_forecast.whole) == (
        due if column == "verified" else None,
        due,
    )
    assert found.forecast.value == gap


def test_surrendering_meets_the_obligation(city):
    final(city)
    assert surrender(city, "cea-2023", "2023", "甲", quantity=849999, credits=0, day=DAY).check.value == 1
    found = surrender(city, "cea-2023", "2023", "甲", quantity=1, credits=0, day=DAY)
    assert (found.verdict, found.surrendered, found.forecast.value) == ("met", 850000, 14544)
    with pytest.raises(SettingError, match="not_held"):
        surrender(city, "cea-2023", "2023", "甲", quantity=14545, credits=0, day=DAY, beyond=True)


def give_credits(city: City, quantity: int) -> None:
    with open_ledger(city.ledger) as ledger:
        ledger.submit(
            [
                [OpenBook("ob", "ccer", "CCER", "t", 0, True, "", True)],
                [OpenAccount("oi", "ccer.issuer", "ccer", "issuer", ("state",), limit=10**9)],
                [OpenAccount("oa", "ccer.甲", "ccer", "organisation", ("甲",))],
                [Transfer("is", "issue", "ccer.issuer", "ccer.甲", quantity, DAY, vintage="2023", project="p")],
            ]
        )


def test_credits_cover_no_more_than_their_share(city):
    final(city)
    give_credits(city, 60000)
    with pytest.raises(SettingError, match=r"credits are above the limit \(42501 > 42500\)"):
        surrender(city, "cea-2023", "2023", "甲", quantity=1, credits=42501, day=DAY)
    found = surrender(city, "cea-2023", "2023", "甲", quantity=807000, credits=42000, day=DAY)
    assert (found.credits, found.verdict, found.check.value) == (42000, "short", 1000)
    with pytest.raises(SettingError, match="above the limit"):
        surrender(city, "cea-2023", "2023", "甲", quantity=0, credits=501, day=DAY)
    assert surrender(city, "cea-2023", "2023", "甲", quantity=500, credits=500, day=DAY).verdict == "met"
    assert settle(city, "cea-2023", "2023").standings[0].credits == 42500


def test_what_was_surrendered_past_its_limits_is_named(city):
    final(city)
    give_credits(city, 60000)
    surrender(city, "cea-2023", "2023", "甲", quantity=807500, credits=42500, day=DAY)
    assert [one.rule for one in settle(city, "cea-2023", "2023").findings if one.rule.startswith("compliance.")] == []
    with open_ledger(city.ledger) as ledger:
        taken = Transfer("past", "surrender", "ccer.甲", "ccer.surrendered.cea-2023", 100, DAY)
        assert isinstance(ledger.submit([[taken]])[0][0], Booked)
    found = settle(city, "cea-2023", "2023")
    told = {one.rule: one.says.en for one in found.findings if one.rule.startswith("compliance.")}
    assert told == {
        "compliance.offset": "甲: 42600 t of credits, the limit is 42500 t",
        "compliance.beyond": "甲: 850100 t surrendered, 850000 t are owed",
    }
    assert [one.rule for one in find_standing(found, "甲").breaches] == list(told)


def test_both_are_surrendered_or_neither(city):
    final(city)
    give_credits(city, 10)
    with pytest.raises(SettingError, match="not_held"):
        surrender(city, "cea-2023", "2023", "甲", quantity=5, credits=11, day=DAY)
    assert settle(city, "cea-2023", "2023").standings[0].surrendered == 0


def test_no_credits_where_the_obligation_is_not_known(city):
    with pytest.raises(SettingError, match="not known"):
        surrender(city, "cea-2023", "2023", "乙", quantity=0, credits=1, day=DAY)


def test_carrying_over_by_the_policy(city):
    final(city)

    def carry(quantity, **more):
        return carry_over(city, "cea-2023", "cea-2024", "甲", quantity=quantity, year=2023, day=DAY, **more)

    assert [one.name for one in carry(None).missing] == ["base"]
    with pytest.raises(SettingError, match="not measurable"):
        carry(1)
    with open_ledger(city.ledger) as ledger:
        ledger.submit([[Transfer("sale", "trade", "cea-2023.甲", "cea-2023.乙", 4000, DAY)]])
    base = {"base": Decimal(10000)}
    assert carry(None, **base).value == 16000
    carry(15000, **base)
    with pytest.raises(SettingError, match="1001 > 1000"):
        carry(1001, **base)
    carry(1000, **base)
    standing = settle(city, "cea-2024", "2024").standings[0]
    assert standing.held == 16000
    with pytest.raises(SettingError, match="2030"):
        carry_over(city, "cea-2023", "cea-2024", "甲", quantity=None, year=2030, day=DAY)


def test_a_city_gives_its_own_rules_and_dates(city):
    rights = city.overlay / "rights"
    (rights / "calendar.csv").write_text(
        "year,event,zh,en,date,source,grade,note\n2023,surrender,清缴截止,surrender,2024-12-31,dafeng-rights,B,\n",
        encoding="utf-8",
    )
    dates = {one["event"]: one["date"] for one in calendar_document(read_calendar(city.overlay, year=2023))}
    assert dates["surrender"] == "2024-12-31"
    assert [name for name, date in dates.items() if date] == ["surrender"]
    assert all(one.date is None for one in read_calendar())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("calendar", "year,event\n2023,surrender\n"),
        ("calendar", "year,event,zh,en,date,source,grade,note\nnext,surrender,清缴,surrender,,x,B,\n"),
        ("calendar", "year,event,zh,en,date,source,grade,note\n2023,surrender,清缴,surrender,31.12.2024,x,B,\n"),
        ("calendar", "year,event,zh,en,date,source,grade,note\n2023,surrender\n"),
        ("benchmarks", "year,kind\n2023,benchmark\n"),
        ("benchmarks", "year,kind,product,unit_class,value,unit,basis,status,source,grade\n2023,b,e,c,1e3,t,s,f,x,A\n"),
        ("holidays", "date,working\n2024-02-30,no\n"),
    ],
)
def test_a_bad_table_of_a_city_is_refused_with_its_place(city, name, text):
    path = city.overlay / "rights" / f"{name}.csv"
    path.write_text(text, encoding="utf-8")
    read = {"calendar": read_calendar, "benchmarks": read_benchmarks, "holidays": read_holidays}[name]
    with pytest.raises(DefinitionError, match=name):
        read(city.overlay)


@pytest.mark.parametrize("period", ["23", "two", "", "２０２３"])
def test_a_period_is_a_year(city, period):
    with pytest.raises(DafengError):
        settle(city, "cea-2023", period)
    with pytest.raises(DafengError):
        open_period(city, "cea-x", period, limit=1, enterprises=[])
    with pytest.raises(SettingError):
        settle(city, "cea-1999", "2023")
