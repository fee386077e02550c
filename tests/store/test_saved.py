"""Saved views: own ones and shared ones, audited, and nobody else's to change; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest

from dafeng.core.errors import AccessError, SettingError
from dafeng.store.models import Account
from dafeng.store.records import open_records
from dafeng.store.saved import MOST, list_views, remove_view, save_view

AT = datetime(2026, 1, 2, tzinfo=UTC)


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
        with opened.write(actor="test", at=AT) as session:
            session.add_all(
                Account(name=name, role="reader", password="x", stamp=1, active=True, changed_at=AT)
                for name in ("张三", "李四")
            )
        yield opened


def keep(records, name, *, who="张三", query="verdict=met", shared=False):
    with records.write(actor=who, at=AT) as session:
        return save_view(session, who, "targets", name, query, shared=shared, at=AT).id


def names(records, who):
    with records.read() as session:
        return [view.name for view in list_views(session, who, "targets")]


def test_own_views_stand_first_and_only_shared_ones_of_others(records):
    keep(records, "滞后")
    keep(records, "共享", who="李四", shared=True)
    keep(records, "私有", who="李四")
    assert names(records, "张三") == ["滞后", "共享"]


def test_a_view_of_the_same_name_is_replaced(records):
    first, second = keep(records, "滞后"), keep(records, " 滞后 ", query="verdict=behind")
    assert (first == second, names(records, "张三")) == (True, ["滞后"])


def test_a_view_of_somebody_else_is_not_found(records):
    found = keep(records, "共享", who="李四", shared=True)
    with pytest.raises(AccessError), records.write(actor="张三", at=AT) as session:
        remove_view(session, "张三", found)
    assert names(records, "李四") == ["共享"]


def test_making_and_removing_stand_in_the_audit_log(records):
    before = records.head()[0]
    found = keep(records, "滞后")
    with records.write(actor="张三", at=AT) as session:
        remove_view(session, "张三", found)
    assert (records.head()[0] - before, names(records, "张三"), records.verify()) == (2, [], ())


@pytest.mark.parametrize(("name", "query"), [("", "a=1"), ("x" * 61, "a=1"), ("a\x00b", "a=1"), ("滞后", "q=" + "x" * 1000)])
def test_what_cannot_be_kept_is_refused(records, name, query):
    with pytest.raises(SettingError):
        keep(records, name, query=query)


def test_an_account_keeps_a_bounded_number(records):
    with records.write(actor="张三", at=AT) as session:
        for at in range(MOST):
            save_view(session, "张三", "targets", f"v{at}", "", shared=False, at=AT)
    with pytest.raises(SettingError, match=str(MOST)):
        keep(records, "one more")
