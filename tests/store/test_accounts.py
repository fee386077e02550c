"""Accounts and visits: no password anywhere, no visit beyond its end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import select

from dafeng.core.errors import AccessError, ConflictError, SettingError
from dafeng.store.accounts import check_password, close_account, list_accounts, set_account
from dafeng.store.identities import admit
from dafeng.store.invitations import invite
from dafeng.store.models import Account, AuditEntry, Visit
from dafeng.store.records import open_records
from dafeng.store.visits import LASTING, begin_visit, end_visit, find_visitor
from tests.store.deliveries import day

PASSWORD = "a quite long password"


@pytest.fixture
def records(tmp_path):
    with open_records(tmp_path / "records.sqlite") as opened:
        with opened.write(actor="admin", at=day(0)) as session:
            set_account(session, "张三", "editor", PASSWORD, at=day(0))
        yield opened


def enter(records):
    with records.write(actor="张三", at=day(1)) as session:
        return begin_visit(session, check_password(session, "张三", PASSWORD), at=day(1))


def visitor(records, token, at):
    with records.read() as session:
        found = find_visitor(session, token, at=at)
        return None if found is None else found.name


@pytest.mark.parametrize(
    ("name", "password", "known"),
    [("张三", PASSWORD, True), ("张三", PASSWORD + " ", False), ("李四", PASSWORD, False), ("", "", False)],
)
def test_only_name_and_password_together_are_an_account(records, name, password, known):
    with records.read() as session:
        assert (check_password(session, name, password) is not None) == known


def test_no_password_is_kept_or_logged(records, tmp_path):
    enter(records)
    with records.read() as session:
        hashed = list_accounts(session)[0].password
        logged = "".join(entry.after or "" for entry in session.scalars(select(AuditEntry)))
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert (hashed.startswith("$argon2id$"), PASSWORD.encode() in content, hashed in logged) == (True, False, False)


def test_a_hash_costs_what_the_library_recommends(records):
    enter(records)
    with records.read() as session:
        costs = extract_parameters(list_accounts(session)[0].password)
    assert costs == RFC_9106_LOW_MEMORY


def test_the_log_still_shows_a_password_changed_behind_the_programme(records, tmp_path):
    import sqlite3

    connection = sqlite3.connect(tmp_path / "records.sqlite")
    connection.execute("UPDATE account SET password = 'x'")
    connection.commit()
    connection.close()
    assert [finding.at for finding in records.verify()] == ["account/张三"]


def test_a_token_stands_for_its_account_until_its_end(records):
    token = enter(records)
    before, at_end = day(1) + LASTING - timedelta(seconds=1), day(1) + LASTING
    assert [visitor(records, token, at) for at in (day(1), before, at_end, day(0))] == ["张三", "张三", None, None]


def test_a_token_is_kept_only_as_its_hash(records):
    token = enter(records)
    with records.read() as session:
        assert [visit.id == token for visit in session.scalars(select(Visit))] == [False]


def test_logout_ends_a_visit(records):
    token = enter(records)
    with records.write(actor="张三", at=day(1)) as session:
        end_visit(session, token, at=day(1))
    assert visitor(records, token, day(1)) is None


def test_another_password_or_role_ends_all_visits(records):
    token = enter(records)
    with records.write(actor="admin", at=day(1)) as session:
        set_account(session, "张三", "reader", PASSWORD, at=day(1))
    assert visitor(records, token, day(1)) is None


def test_a_closed_account_is_unknown_everywhere(records):
    token = enter(records)
    with records.write(actor="admin", at=day(1)) as session:
        close_account(session, "张三", at=day(1))
    with records.read() as session:
        assert (visitor(records, token, day(1)), check_password(session, "张三", PASSWORD)) == (None, None)


def test_a_foreign_token_is_nobody(records):
    enter(records)
    assert visitor(records, "x" * 43, day(1)) is None


def test_an_account_that_is_not_there_cannot_be_closed(records):
    with pytest.raises(AccessError), records.write(actor="admin", at=day(1)) as session:
        close_account(session, "李四", at=day(1))


@pytest.mark.parametrize(
    ("name", "role", "password"),
    [
        ("", "editor", PASSWORD),
        (" 张三", "editor", PASSWORD),
        ("x" * 61, "editor", PASSWORD),
        ("a/b", "editor", PASSWORD),
        ("off\u202eicer", "editor", PASSWORD),
        ("张三\ufe0f", "editor", PASSWORD),
        ("\u3164", "editor", PASSWORD),
        ("ОFFICER", "editor", PASSWORD),  # a Cyrillic О
        ("ορτιc", "editor", PASSWORD),  # Greek with a Latin c
        ("a\nb", "editor", PASSWORD),
        ("李四", "admin", PASSWORD),
        ("李四", "editor", "short"),
        ("李四", "editor", "x" * 201),
        ("a long long name", "editor", "a long long name"),
    ],
)
def test_what_cannot_be_an_account_is_refused(records, name, role, password):
    with pytest.raises(SettingError), records.write(actor="admin", at=day(1)) as session:
        set_account(session, name, role, password, at=day(1))
    with records.read() as session:
        assert len(list_accounts(session)) == 1


@pytest.mark.parametrize("name", ["officer", "Officer", "ｏｆｆｉｃｅｒ", "off icer"])
def test_a_name_that_cannot_be_told_from_another_makes_no_account(records, name):
    with records.write(actor="admin", at=day(1)) as session:
        invite(session, "OFFICER", "reader", who="admin", at=day(1))
    for make in (
        lambda session: set_account(session, name, "editor", PASSWORD, at=day(1)),
        lambda session: invite(session, name, "editor", who="admin", at=day(1)),
    ):
        with pytest.raises(ConflictError, match="OFFICER"), records.write(actor="admin", at=day(1)) as session:
            make(session)
    with pytest.raises(AccessError, match=name), records.write(actor="admin", at=day(1)) as session:
        admit(session, "https://id.example", "7", name, "editor", at=day(1))
    with records.read() as session:
        assert [one.name for one in list_accounts(session)] == ["OFFICER", "张三"]


def test_accounts_that_look_alike_already_stay_usable(records):
    with records.write(actor="admin", at=day(1)) as session:
        for name in ("ОFFICER", "OFFICER", "officer"):
            session.add(Account(name=name, role="reader", password="!", stamp=1, active=True, changed_at=day(1)))
    with records.write(actor="admin", at=day(1)) as session:
        for name in ("ОFFICER", "officer"):
            set_account(session, name, "editor", PASSWORD, at=day(1))
    with records.read() as session:
        assert all(check_password(session, name, PASSWORD) for name in ("ОFFICER", "officer"))


def test_names_of_one_script_with_signs_and_digits_are_free(records):
    with records.write(actor="admin", at=day(1)) as session:
        for name in ("Zhang San", "李四2", "Иванов", "β", "o'brien-7"):
            invite(session, name, "reader", who="admin", at=day(1))


@pytest.mark.parametrize(
    ("name", "why"),
    [("", "1 to 60"), ("x" * 61, "1 to 60"), ("a/../b", "without '/'"), (" a", "without blanks"), ("a\u200bb", "can be seen")],
)
def test_a_refused_name_says_what_is_wrong_with_it(records, name, why):
    with pytest.raises(SettingError) as caught, records.write(actor="admin", at=day(1)) as session:
        set_account(session, name, "editor", PASSWORD, at=day(1))
    assert why in caught.value.expected.en
