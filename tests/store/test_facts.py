"""The store of facts: what is in force when, what is taken once, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.core.errors import FormulaError, StoreError, TableError
from dafeng.core.tables import FACTS
from dafeng.store.facts import FactStore
from dafeng.store.lots import Lot
from tests.store.deliveries import START, day, delivery, item, pairs, row, table, values


@pytest.fixture
def store(tmp_path):
    return FactStore(tmp_path / "facts")


def total(store):
    answer = store.query("SELECT SUM(f.value) AS total FROM facts AS f")
    return answer.column("total").to_pylist()[0]


def test_an_empty_store_has_no_facts(store):
    assert store.read().num_rows == 0


def test_an_empty_store_reads_with_the_declared_columns(store):
    assert store.read().schema == FACTS.arrow()


def test_reading_an_empty_store_makes_no_folder(store):
    store.read()
    assert not store.folder.exists()


def test_what_is_delivered_is_read_back_with_its_cell(store):
    store.deliver(delivery("a", row("1.5", sheet="表1", cell="C7", note="初步")), received=day(0))
    fact = store.read().to_pylist()[0]
    assert (fact["value"], fact["sheet"], fact["cell"], fact["note"]) == (Decimal("1.500000"), "表1", "C7", "初步")


def test_a_lot_tells_its_files_instants_and_counts(store):
    store.deliver([(replace(item("a"), findings=2), table(row(1), row(2)))], received=day(3))
    lot = store.lots()[0]
    assert (lot.items[0].file, lot.items[0].sha256, lot.received, lot.facts, lot.findings) == (
        "a.csv",
        item("a").sha256,
        day(3),
        2,
        2,
    )


def test_delivering_the_same_file_again_changes_nothing(store):
    first = store.deliver(delivery("a", row(1)), received=day(0))
    before = sorted(path.read_bytes() for path in store.folder.iterdir())
    again = store.deliver(delivery("a", row(1)), received=day(9))
    assert (again, sorted(path.read_bytes() for path in store.folder.iterdir())) == (first, before)


def test_an_old_file_delivered_again_does_not_undo_its_correction(store):
    for name, value in (("old", 1), ("new", 2), ("old", 1)):
        store.deliver(delivery(name, row(value)), received=day(0))
    assert values(store.read()) == ["2"]


def test_the_same_figure_in_another_file_is_counted_once(store):
    store.deliver(delivery("a", row(5)), received=day(0))
    lot = store.deliver(delivery("b", row(5)), received=day(1))
    assert (lot.repeated, total(store)) == (1, Decimal("5.000000"))


def test_two_rows_with_one_key_both_count(store):
    # platforms.md F07: the second row of one sub-sector must not replace the first; 336.6 + 1413.4 = 1750.
    store.deliver(delivery("a", row("336.6"), row("1413.4", cell="B3")), received=day(0))
    assert total(store) == Decimal("1750.000000")


def test_two_equal_rows_with_one_key_both_count(store):
    store.deliver(delivery("a", row(4), row(4, cell="B3")), received=day(0))
    assert total(store) == Decimal("8.000000")


def test_two_equal_rows_said_again_in_another_file_stay_two(store):
    for name in ("a", "b"):
        store.deliver(delivery(name, row(4), row(4, cell="B3")), received=day(0))
    assert total(store) == Decimal("8.000000")


def test_a_corrected_figure_replaces_the_earlier_one(store):
    store.deliver(delivery("a", row(5)), received=day(0))
    lot = store.deliver(delivery("b", row(6)), received=day(1))
    assert (values(store.read()), lot.superseding) == (["6"], 1)


def test_a_figure_of_another_source_stands_beside_the_first(store):
    store.deliver(delivery("a", row(5)), received=day(0))
    store.deliver(delivery("b", row(6, source="press")), received=day(1))
    assert sorted(pairs(store.read(), "source")) == [("press", "6"), ("yearbook", "5")]


def test_a_better_grade_of_the_same_figure_replaces_it(store):
    store.deliver(delivery("a", row(5, grade="provisional")), received=day(0))
    store.deliver(delivery("b", row(5, grade="primary")), received=day(1))
    assert pairs(store.read(), "grade") == [("primary", "5")]


def test_a_figure_can_be_corrected_back(store):
    for number, value in enumerate((5, 6, 5)):
        store.deliver(delivery(f"file{number}", row(value)), received=day(number))
    assert values(store.read()) == ["5"]


def test_the_past_stays_readable_after_a_correction(store):
    store.deliver(delivery("a", row(5)), received=day(0))
    store.deliver(delivery("b", row(6)), received=day(10))
    assert [values(store.read(known_at=day(number))) for number in (-1, 0, 9, 10)] == [[], ["5"], ["5"], ["6"]]


def test_a_later_file_of_a_lot_corrects_an_earlier_one(store):
    lot = store.deliver([*delivery("a", row(5)), *delivery("b", row(6))], received=day(0))
    assert (values(store.read()), len(lot.items)) == (["6"], 2)


def test_only_new_files_of_a_mixed_delivery_are_taken(store):
    store.deliver(delivery("a", row(5)), received=day(0))
    lot = store.deliver([*delivery("a", row(5)), *delivery("b", row(7, period="2024"))], received=day(1))
    assert [each.file for each in lot.items] == ["b.csv"]


def test_a_delivery_does_not_delete_what_it_does_not_speak_of(store):
    store.deliver(delivery("a", row(5), row(7, period="2024")), received=day(0))
    store.deliver(delivery("b", row(6)), received=day(1))
    assert values(store.read()) == ["7", "6"]


def test_a_fact_keeps_its_id_in_every_store(tmp_path):
    ids = []
    for name in ("one", "two"):
        store = FactStore(tmp_path / name)
        store.deliver(delivery(name, row(5)), received=day(0))
        ids.append(store.read().column("fact").to_pylist())
    assert ids[0] == ids[1]


def test_texts_that_run_together_give_different_facts(store):
    rows = (row(1, flow="ab", carrier="c"), row(1, flow="a", carrier="bc"), row(1, flow="abc"), row(1, carrier="abc"))
    store.deliver(delivery("a", *rows), received=day(0))
    assert len(set(store.read().column("fact").to_pylist())) == 4


def test_a_withdrawn_lot_is_gone_from_its_instant_on(store):
    lot = store.deliver(delivery("a", row(5)), received=day(0))
    store.withdraw(lot.id, at=day(5), reason="读错了文件")
    assert [values(store.read(known_at=day(number))) for number in (4, 5)] == [["5"], []]


def test_withdrawing_a_correction_brings_the_earlier_figure_back(store):
    store.deliver(delivery("a", row(5)), received=day(0))
    store.withdraw(store.deliver(delivery("b", row(6)), received=day(1)).id, at=day(2), reason="wrong file")
    assert values(store.read()) == ["5"]


def test_withdrawing_a_middle_correction_keeps_the_last(store):
    lots = [store.deliver(delivery(f"file{n}", row(value)), received=day(n)) for n, value in enumerate((5, 6, 7))]
    store.withdraw(lots[1].id, at=day(5), reason="wrong file")
    assert values(store.read()) == ["7"]


def test_a_figure_said_twice_outlives_the_withdrawal_of_one_lot(store):
    first = store.deliver(delivery("a", row(5)), received=day(0))
    store.deliver(delivery("b", row(5)), received=day(1))
    store.withdraw(first.id, at=day(2), reason="wrong file")
    assert values(store.read()) == ["5"]


def test_a_withdrawn_file_can_be_delivered_again(store):
    first = store.deliver(delivery("a", row(5)), received=day(0))
    store.withdraw(first.id, at=day(1), reason="wrong file")
    again = store.deliver(delivery("a", row(5)), received=day(2))
    assert (again.id != first.id, values(store.read())) == (True, ["5"])


def test_a_withdrawal_keeps_its_reason(store):
    lot = store.deliver(delivery("a", row(5)), received=day(0))
    store.withdraw(lot.id, at=day(1), reason="读错了文件")
    assert store.withdrawals()[0].reason == "读错了文件"


@pytest.mark.parametrize(("lot", "reason"), [("0123456789ab", "wrong"), (None, " ")])
def test_a_withdrawal_without_lot_or_reason_is_refused(store, lot, reason):
    stored = store.deliver(delivery("a", row(5)), received=day(0))
    with pytest.raises(StoreError):
        store.withdraw(lot or stored.id, at=day(1), reason=reason)


def test_a_fact_known_earlier_than_first_said_is_seen_from_then_on(store):
    store.deliver(delivery("a", row(5)), received=day(10), known_at=day(10))
    store.deliver(delivery("b", row(5)), received=day(20), known_at=day(3))
    assert [values(store.read(known_at=day(number))) for number in (2, 3, 10)] == [[], ["5"], ["5"]]


def test_an_answer_is_narrowed_by_indicator_place_and_period(store):
    rows = [
        row(n, indicator=i, place=p, period=y)
        for n, (i, p, y) in enumerate((i, p, y) for i in "ab" for p in "cd" for y in "ef")
    ]
    store.deliver(delivery("a", *(r | {"period": {"e": "2024", "f": "2025"}[r["period"]]} for r in rows)), received=day(0))
    assert values(store.read(indicators={"b"}, places={"c"}, periods={"2025"})) == ["5"]


def test_asking_for_no_place_answers_nothing(store):
    store.deliver(delivery("a", row(5)), received=day(0))
    assert store.read(places=[]).num_rows == 0


def test_the_order_of_an_answer_does_not_depend_on_the_order_of_delivery(tmp_path):
    rows = [row(n, period=str(2000 + n % 5), place=f"37060{n % 3}", cell=f"B{n}") for n in range(30)]
    answers = []
    for name, listed in (("one", rows), ("two", rows[::-1])):
        store = FactStore(tmp_path / name)
        store.deliver(delivery(name, *listed), received=day(0))
        answers.append(store.read().drop_columns(["lot"]).to_pylist())
    assert answers[0] == answers[1]


@pytest.mark.parametrize("name", ["a[1]", "o'x", "with space*?", "中文"])
def test_a_store_lies_in_a_folder_of_any_name(tmp_path, name):
    store = FactStore(tmp_path / name / "facts")
    store.deliver(delivery("a", row(5)), received=day(0))
    assert values(store.read()) == ["5"]


def test_a_store_is_read_by_a_relative_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    FactStore("facts").deliver(delivery("a", row(5)), received=day(0))
    assert values(FactStore("facts").read()) == ["5"]


def test_a_store_of_many_parts_reads_like_one(store, monkeypatch):
    monkeypatch.setattr("dafeng.store.parts.ROWS", 7)
    store.deliver(delivery("a", *(row(n, period=str(2000 + n % 20), cell=f"B{n}") for n in range(50))), received=day(0))
    assert (len(store.lots()[0].parts), total(store)) == (8, Decimal("1225.000000"))  # 0 + 1 + ... + 49 = 1225


def test_a_question_about_one_year_opens_only_its_parts(store, monkeypatch):
    monkeypatch.setattr("dafeng.store.parts.ROWS", 10)
    store.deliver(delivery("a", *(row(n, period=str(2000 + n // 10), cell=f"B{n}") for n in range(50))), received=day(0))
    for part in store.lots()[0].parts[1:]:
        (store.folder / part.name).unlink()
    assert store.read(periods=["2000"]).num_rows == 10


def test_a_question_is_answered_as_known_at_an_instant(store):
    store.deliver(delivery("a", row(5)), received=day(0))
    store.deliver(delivery("b", row(6)), received=day(10))
    answer = store.query("SELECT SUM(f.value) AS total FROM facts AS f", known_at=day(5))
    assert answer.to_pylist() == [{"total": Decimal("5.000000")}]


def test_a_question_joins_further_tables(store):
    store.deliver(delivery("a", row(5)), received=day(0))
    factors = pa.table({"unit": ["tce"], "factor": pa.array([Decimal("2.5")], pa.decimal128(18, 9))})
    sql = "SELECT f.value * k.factor AS product FROM facts AS f JOIN factors AS k ON f.unit = k.unit"
    assert store.query(sql, tables={"factors": factors}).to_pylist() == [{"product": Decimal("12.500000000000000")}]


def test_a_question_that_is_not_portable_is_refused(store):
    with pytest.raises(FormulaError, match="Median"):
        store.query("SELECT MEDIAN(f.value) AS m FROM facts AS f")


def refused(store, deliveries, **options):
    manifest = store.folder / "manifest.json"
    before = manifest.read_bytes()
    with pytest.raises((StoreError, TableError)) as caught:
        store.deliver(deliveries, **({"received": day(9)} | options))
    assert manifest.read_bytes() == before
    return caught.value.read("en")


@pytest.fixture
def filled(store):
    store.deliver(delivery("first", row(5)), received=day(5))
    return store


def test_a_forecast_is_refused_as_a_fact(filled):
    # platforms.md F27: an observation from the future.
    assert "had not begun" in refused(filled, delivery("a", row(1, period="2027")))


def test_a_month_that_has_not_begun_is_refused(filled):
    assert "had not begun" in refused(filled, delivery("a", row(1, period="2026-03")))


def test_a_year_that_is_under_way_is_taken(filled):
    assert filled.deliver(delivery("a", row(1, period="2026")), received=day(9)).facts == 1


def test_knowledge_later_than_delivery_is_refused(filled):
    assert "known later than delivered" in refused(filled, delivery("a", row(1)), known_at=day(10))


def test_rewriting_the_past_is_refused(filled):
    assert "known from a later instant" in refused(filled, delivery("a", row(1)), known_at=day(4))


def test_an_instant_without_time_zone_is_refused(filled):
    assert "time zone" in refused(filled, delivery("a", row(1)), received=datetime(2026, 5, 1))  # noqa: DTZ001 - the fault


def test_a_delivery_of_nothing_is_refused(filled):
    assert "no file" in refused(filled, [])


def test_rows_without_a_column_are_refused(filled):
    assert "breaks its declaration" in refused(filled, [(item("a"), table(row(1)).drop_columns(["unit"]))])


def test_rows_with_a_float_value_are_refused(filled):
    rows = table(row(1))
    wrong = rows.set_column(rows.schema.get_field_index("value"), "value", pa.array([1.0]))
    assert "wrong type in value" in refused(filled, [(item("a"), wrong)])


def facts(name_of_lot, *ids, **other):
    plain = {"lot": name_of_lot, "known_at": START}
    return FACTS.build({"fact": name, **row(number), **plain, **other} for number, name in enumerate(ids))


def test_appending_the_identical_lot_again_changes_nothing(store):
    lot = Lot("lot-1", day(0), (item("a"),))
    first = store.append(facts("lot-1", "f1", "f2"), lot=lot)
    assert (store.append(facts("lot-1", "f1", "f2"), lot=lot), store.read().num_rows) == (first, 2)


def test_another_content_under_a_known_lot_is_refused(store):
    lot = Lot("lot-1", day(0), (item("a"),))
    store.append(facts("lot-1", "f1"), lot=lot)
    with pytest.raises(StoreError, match="other content"):
        store.append(facts("lot-1", "f2"), lot=lot)


@pytest.mark.parametrize(
    ("ids", "other", "said"),
    [
        (["f1", "f1"], {}, "ids occur twice"),
        (["f1"], {"lot": "lot-2"}, "differs from the lot's id"),
        (["f1"], {"supersedes": "f0"}, "does not exist"),
        (["f1"], {"supersedes": "f1"}, "does not exist"),
        (["f1"], {"known_at": day(1)}, "known later"),
    ],
)
def test_a_lot_that_contradicts_itself_is_refused(store, ids, other, said):
    with pytest.raises(StoreError, match=said):
        store.append(facts("lot-1", *ids, **other), lot=Lot("lot-1", day(0), (item("a"),)))


def test_a_fact_may_replace_one_of_another_key(store):
    store.append(facts("lot-1", "f1"), lot=Lot("lot-1", day(0), (item("a"),)))
    store.append(facts("lot-2", "f2", place="370602", supersedes="f1"), lot=Lot("lot-2", day(0), (item("b"),)))
    assert store.read().column("place").to_pylist() == ["370602"]


def test_a_replaced_fact_stays_away_when_only_its_own_place_is_asked_for(store):
    store.append(facts("lot-1", "f1"), lot=Lot("lot-1", day(0), (item("a"),)))
    store.append(facts("lot-2", "f2", place="370602", supersedes="f1"), lot=Lot("lot-2", day(0), (item("b"),)))
    assert store.read(places=["370600"]).num_rows == 0


CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("deliver"), st.dictionaries(st.sampled_from(["2021", "2022"]), st.integers(1, 3), min_size=1)),
        st.tuples(st.just("withdraw"), st.tuples(st.integers(0, 5), st.integers(0, 7))),
    ),
    max_size=6,
)


class Model:
    """What a store must answer, said in the plainest way: the last word that is not withdrawn is in force."""

    def __init__(self, store):
        self.store, self.words, self.withdrawn = store, [], {}

    def deliver(self, number, figures):
        rows = (row(value, period=period) for period, value in figures.items())
        lot = self.store.deliver(delivery(f"file{number}", *rows), received=day(number))
        self.words += [(number, lot.id, period, value) for period, value in figures.items()]

    def withdraw(self, _, chosen):
        lots = [lot.id for lot in self.store.lots() if lot.id not in self.withdrawn]
        for lot in lots[chosen[0] : chosen[0] + 1]:
            self.store.withdraw(lot, at=day(chosen[1]), reason="test")
            self.withdrawn[lot] = chosen[1]

    def expect(self, now):
        known = [word for word in self.words if word[0] <= now and self.withdrawn.get(word[1], 99) > now]
        return {period: str(value) for _, _, period, value in sorted(known, key=lambda word: word[0])}


@settings(max_examples=12)
@given(CHANGES)
def test_every_past_is_the_last_word_that_stood_then(tmp_path_factory, changes):
    model = Model(FactStore(tmp_path_factory.mktemp("store")))
    for number, (name, content) in enumerate(changes):
        getattr(model, name)(number, content)
    seen = [sorted(pairs(model.store.read(known_at=day(now)), "period")) for now in range(8)]
    assert seen == [sorted(model.expect(now).items()) for now in range(8)]
