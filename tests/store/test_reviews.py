"""Rows of edits and versions on both databases, and files that are there together or not at all."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import create_engine, inspect, text

from dafeng.core.errors import StoreError
from dafeng.store.models import PlanEdit, PlanReview, PlanVersion
from dafeng.store.records import open_records, parse_address
from dafeng.store.reviews import count_edits, find_review, keep_files, list_edits, list_reviews, list_versions
from tests.store.deliveries import day


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request, tmp_path):
    if request.param == "sqlite":
        return str(tmp_path / "records.sqlite")
    server = request.getfixturevalue("server")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return server.get_uri()


@pytest.fixture
def records(address):
    with open_records(address) as opened:
        with opened.write(actor="张三", at=day(0)) as session:
            session.add(PlanReview(id="r1", name="plan.txt", title="方案", sha256="a", reading="b", who="张三", at=day(0)))
            session.flush()
            session.add_all([edit(1), edit(2, action="undo")])
            session.add(PlanVersion(number=1, review="r1", serial=2, who="李四", at=day(1), sha256="c", status="begun"))
        yield opened


@pytest.fixture
def raw(address):
    engine = create_engine(parse_address(address))
    yield engine
    engine.dispose()


def edit(serial, *, action="accept", review="r1"):
    return PlanEdit(
        review=review, serial=serial, record="T01", action=action, content="{}", who="张三", at=day(serial), remark=""
    )


def test_rows_come_back_in_order(records):
    with records.read() as session:
        assert [row.serial for row in list_edits(session, "r1")] == [1, 2]
        assert (count_edits(session), find_review(session, "r1").title, find_review(session, "r2")) == ({"r1": 2}, "方案", None)
        assert ([row.id for row in list_reviews(session)], [row.number for row in list_versions(session)]) == (["r1"], [1])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE plan_edit SET who = 'x'",
        "DELETE FROM plan_edit",
        "UPDATE plan_version SET sha256 = 'x'",
        "DELETE FROM plan_version",
    ],
)
def test_the_database_refuses_to_change_an_edit_or_a_version(records, raw, statement):
    with pytest.raises(Exception, match=r"append-only|never"), raw.begin() as connection:
        connection.execute(text(statement))
    assert records.verify() == ()


def test_a_version_may_only_become_written(records):
    with records.write(actor="李四", at=day(2)) as session:
        list_versions(session)[0].status = "written"
    assert records.verify() == ()


@pytest.mark.parametrize("row", [edit(1), edit(3, action="guess"), edit(3, review="none")], ids=["twice", "action", "review"])
def test_rows_that_break_the_rules_are_refused_whole(records, row):
    with pytest.raises(StoreError), records.write(actor="x", at=day(3)) as session:
        session.add(
            PlanEdit(
                **{
                    name: getattr(row, name)
                    for name in ("review", "serial", "record", "action", "content", "who", "at", "remark")
                }
            )
        )
    with records.read() as session:
        assert len(list_edits(session, "r1")) == 2


def test_a_database_of_the_first_form_is_brought_up_to_date(raw, address):
    with open_records(address):
        pass
    with raw.begin() as connection:
        later = ("figure_correction", "plan_edit", "plan_version", "plan_review", "visibility_change", "saved_view",
                 "invitation", "access_token", "identity", "visit", "account",
                 "ledger_order_place", "ledger_order")  # fmt: skip
        for table in later:
            connection.execute(text(f"DROP TABLE {table}"))
        if raw.dialect.name == "postgresql":
            made = connection.execute(text("SELECT proname FROM pg_proc WHERE proname LIKE 'refuse_%'")).scalars().all()
            for name in (one for one in made if one.removeprefix("refuse_").startswith(later)):
                connection.execute(text(f"DROP FUNCTION {name}()"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with open_records(address) as records:
        assert records.verify() == ()
    assert set(later) <= set(inspect(raw).get_table_names())


def test_files_appear_together_and_are_never_replaced(tmp_path):
    keep_files(tmp_path / "a" / "r1", {"x": b"1", "y": b"2"})
    keep_files(tmp_path / "a" / "r1", {"x": b"3"})
    assert {path.name: path.read_bytes() for path in (tmp_path / "a" / "r1").iterdir()} == {"x": b"1", "y": b"2"}


def test_files_that_cannot_all_be_written_leave_nothing(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        keep_files(tmp_path / "r1", {"x": b"1", "no/such": b"2"})
    assert list(tmp_path.iterdir()) == []
