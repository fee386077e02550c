"""Records on SQLite and on PostgreSQL: the same rules, the same log, nothing passes by it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from datetime import datetime, timedelta, timezone
from hashlib import sha256

import psycopg
import pytest
from sqlalchemy import create_engine, delete, inspect, select, text

from dafeng.core.errors import SettingError, StoreError
from dafeng.store.audit import ORIGIN
from dafeng.store.migrations import HEAD
from dafeng.store.models import AuditEntry, Base, Job, TaskRecord
from dafeng.store.records import open_records, parse_address
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
        yield opened


@pytest.fixture
def raw(address):
    """A way to the database that passes by the programme."""
    engine = create_engine(parse_address(address))
    yield engine
    engine.dispose()


def job(name="j1", **other):
    plain = {"id": name, "verb": "assess", "options": "{}", "status": "waiting", "done_share": 0.0, "created_at": day(0)}
    return Job(**(plain | other))


def add(records, *rows, actor="张三", at=None):
    with records.write(actor=actor, at=at or day(1)) as session:
        session.add_all(rows)


def entries(records):
    with records.read() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.serial)))


@pytest.mark.usefixtures("records")
def test_a_new_database_stands_at_the_newest_step(raw):
    with raw.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD


@pytest.mark.usefixtures("records")
def test_the_steps_make_exactly_the_tables_of_the_models(raw):
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with raw.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_a_record_is_read_back_equal(address):
    with open_records(address) as records:
        add(records, job(done_share=1 / 3, says="好", started_at=day(2)))
    with open_records(address) as records, records.read() as session:
        found = session.get(Job, "j1")
        assert (found.done_share, found.says, found.started_at, found.ended_at) == (1 / 3, "好", day(2), None)


def test_an_instant_of_another_zone_comes_back_in_utc(records):
    add(records, job(created_at=datetime(2026, 1, 1, 8, tzinfo=timezone(timedelta(hours=8)))))
    with records.read() as session:
        assert session.get(Job, "j1").created_at == day(0)


def test_each_change_is_logged_with_who_when_and_what(records):
    add(records, job(), actor="甲", at=day(1))
    with records.write(actor="乙", at=day(2)) as session:
        session.get(Job, "j1").status = "running"
    with records.write(actor="丙", at=day(3)) as session:
        session.delete(session.get(Job, "j1"))
    assert [(e.serial, e.actor, e.at, e.action, e.subject) for e in entries(records)] == [
        (1, "甲", day(1), "add", "job/j1"),
        (2, "乙", day(2), "change", "job/j1"),
        (3, "丙", day(3), "remove", "job/j1"),
    ]


def test_each_entry_holds_the_hash_of_the_one_before(records):
    add(records, job("j1"), job("j2"))
    first, second = entries(records)
    assert (first.previous, second.previous, records.head()) == (ORIGIN, first.hash, (2, second.hash))


def test_the_log_is_the_same_on_every_database(records):
    add(records, TaskRecord(plan="p", task="t1", status="planned", changed_at=day(0)))
    # The definition in dafeng.store.audit.hash_entry, followed by hand.
    after = (
        '{"approver": null, "changed_at": "2026-01-01T00:00:00+00:00", "plan": "p", "reason": null,'
        ' "status": "planned", "task": "t1"}'
    )
    content = [1, "2026-01-02T00:00:00+00:00", "张三", "add", "task_record/p/t1", after, "0" * 64]
    assert records.head() == (1, sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest())


def test_a_row_that_was_touched_but_not_changed_is_not_logged(records):
    add(records, job())
    with records.write(actor="甲", at=day(2)) as session:
        session.get(Job, "j1").status = "waiting"
    assert len(entries(records)) == 1


def test_an_error_in_the_block_undoes_record_and_log(records):
    with pytest.raises(ZeroDivisionError):
        add_and_fail(records)
    assert entries(records) == []


def add_and_fail(records):
    with records.write(actor="甲", at=day(1)) as session:
        session.add(job())
        session.flush()
        raise ZeroDivisionError


def refused(records, row):
    with pytest.raises(StoreError) as caught:
        add(records, row)
    assert (entries(records), records.verify()) == ([], ())
    return str(caught.value)


def test_a_cancelled_task_needs_reason_and_approver(records):
    # platforms.md F19: a cancelled task may not fall silently out of the check.
    row = TaskRecord(plan="p", task="t", status="cancelled", changed_at=day(0))
    assert "task_record_reason" in refused(records, row)


def test_a_cancelled_task_with_reason_and_approver_stays(records):
    add(records, TaskRecord(plan="p", task="t", status="cancelled", changed_at=day(0), reason="合并", approver="李四"))
    with records.read() as session:
        assert session.get(TaskRecord, ("p", "t")).reason == "合并"


def test_an_unknown_state_is_refused(records):
    assert "job_status" in refused(records, job(status="odd"))


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_outside_0_to_1_is_refused(records, share):
    assert "job_done_share" in refused(records, job(done_share=share))


def test_an_instant_without_time_zone_is_refused(records):
    assert "no time zone" in refused(records, job(created_at=datetime(2026, 1, 1)))  # noqa: DTZ001 - the fault


def test_a_second_row_with_the_same_id_is_refused(records):
    add(records, job())
    with pytest.raises(StoreError, match="refused"):
        add(records, job(status="running"))
    assert len(entries(records)) == 1


def test_a_statement_that_passes_by_the_log_is_refused(records):
    add(records, job())
    with pytest.raises(StoreError, match="pass by the audit log"), records.write(actor="甲", at=day(1)) as session:
        session.execute(delete(Job))
    with records.read() as session:
        assert session.get(Job, "j1") is not None


def test_a_change_in_a_reading_session_is_refused(records):
    with pytest.raises(StoreError, match="reading session"):
        add_while_reading(records)
    assert entries(records) == []


def add_while_reading(records):
    with records.read() as session:
        session.add(job())
        session.flush()


def test_a_writer_needs_an_instant_with_time_zone(records):
    with pytest.raises(StoreError, match="time zone"), records.write(actor="甲", at=datetime(2026, 1, 1)):  # noqa: DTZ001
        pass


def test_a_sound_log_has_no_findings(records):
    add(records, job(), TaskRecord(plan="p", task="t", status="planned", changed_at=day(0)))
    with records.write(actor="乙", at=day(2)) as session:
        session.get(Job, "j1").status = "done"
    assert records.verify() == ()


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_the_log(records, raw, statement):
    add(records, job())
    with pytest.raises(Exception, match="append-only"), raw.begin() as connection:
        connection.execute(text(statement))
    assert records.verify() == ()


def disarm(raw):
    """Take away the guards of the log, as one who owns the database can."""
    with raw.begin() as connection:
        if raw.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER audit_entry_update"))
            connection.execute(text("DROP TRIGGER audit_entry_delete"))
        else:
            connection.execute(text("DROP TRIGGER audit_entry_guard ON audit_entry"))


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE audit_entry SET actor = 'x' WHERE serial = 2", [("records.chain", "audit_entry/2")]),
        ("UPDATE audit_entry SET at = '2020-01-01 00:00:00' WHERE serial = 1", [("records.chain", "audit_entry/1")]),
        ("DELETE FROM audit_entry WHERE serial = 2", [("records.chain", "audit_entry/3"), ("records.row", "job/j2")]),
        ("UPDATE job SET done_share = 0.5 WHERE id = 'j2'", [("records.row", "job/j2")]),
        ("DELETE FROM job WHERE id = 'j3'", [("records.row", "job/j3")]),
        ("UPDATE job SET id = 'j9' WHERE id = 'j1'", [("records.row", "job/j1"), ("records.row", "job/j9")]),
    ],
)
def test_a_change_behind_the_programme_is_named(records, raw, statement, found):
    # platforms.md F35: a journal without immutability.
    add(records, job("j1"), job("j2"), job("j3"))
    disarm(raw)
    with raw.begin() as connection:
        connection.execute(text(statement))
    assert [(finding.rule, finding.at) for finding in records.verify()] == found


def test_a_log_cut_at_its_end_no_longer_has_the_head_that_was_kept(records, raw):
    add(records, job("j1"))
    add(records, job("j2"))
    kept = records.head()
    disarm(raw)
    with raw.begin() as connection:
        connection.execute(text("DELETE FROM audit_entry WHERE serial = 2"))
        connection.execute(text("DELETE FROM job WHERE id = 'j2'"))
    assert (records.verify(), records.head() == kept) == ((), False)


def test_writers_at_once_make_one_unbroken_log(records):
    def work(name):
        for number in range(6):
            add(records, job(f"{name}{number}"), actor=name)

    threads = [threading.Thread(target=work, args=(name,)) for name in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ([entry.serial for entry in entries(records)], records.verify()) == (list(range(1, 19)), ())


def test_a_reader_sees_one_unchanging_state(records):
    add(records, job("j1"))
    with records.read() as session:
        before = len(list(session.scalars(select(Job))))
        add(records, job("j2"))
        assert len(list(session.scalars(select(Job)))) == before == 1


def test_opening_again_does_not_load_alembic(root, address):
    open_records(address).close()
    code = (
        "import sys\nfrom dafeng.store.records import open_records\nopen_records(sys.argv[1]).close()\n"
        "print(any(name.startswith('alembic') for name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, address], cwd=root, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"


@pytest.mark.usefixtures("records")
def test_a_database_of_a_newer_programme_is_refused(raw, address):
    with raw.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="unknown version"):
        open_records(address)


def test_the_sqlite_database_keeps_its_settings(tmp_path):
    with open_records(tmp_path / "r.sqlite") as records, records.read() as session:
        connection = session.connection()
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys", "synchronous")
        ]
    # 2 is FULL in SQLite's documentation of PRAGMA synchronous.
    assert found == ["wal", 1, 2]


def test_a_killed_upgrade_leaves_no_table(root, tmp_path):
    code = (
        "import os, signal, sys\nfrom dafeng.store import models\nfrom dafeng.store.records import open_records\n"
        "from alembic import op\nmake = op.create_index\n"
        "def die(name, *rest, **more):\n"
        "    make(name, *rest, **more)\n"
        "    if name == 'ix_job_status': os.kill(os.getpid(), signal.SIGKILL)\n"
        "op.create_index = die\nopen_records(sys.argv[1])\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path / "r.sqlite")], cwd=root, check=False, timeout=60)
    engine = create_engine(parse_address(tmp_path / "r.sqlite"))
    tables = inspect(engine).get_table_names()
    engine.dispose()
    assert (ended.returncode, tables) == (-9, [])


def test_after_a_killed_upgrade_the_next_one_succeeds(root, tmp_path):
    test_a_killed_upgrade_leaves_no_table(root, tmp_path)
    with open_records(tmp_path / "r.sqlite") as records:
        assert records.verify() == ()


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path):
    path = tmp_path / "records.sqlite"
    path.write_bytes(b"a letter, not a database" * 100)
    with pytest.raises(StoreError, match="not a database"):
        open_records(path)
    assert path.read_bytes() == b"a letter, not a database" * 100


def test_a_folder_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(StoreError, match="unable to open"):
        open_records(tmp_path / "none" / "records.sqlite")


def test_a_server_that_does_not_answer_is_refused_without_its_password():
    with pytest.raises(StoreError) as caught:
        open_records("postgresql://someone:secret@127.0.0.1:1/none")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("address", ["mysql://host/name", "://", "http://example", "postgresql://host:port/x"])
def test_an_address_of_another_kind_is_refused(address):
    with pytest.raises(SettingError, match="unsupported database address"):
        open_records(address)


@pytest.mark.parametrize("address", ["postgres://u@h/n", "postgresql://u@h/n", "postgresql+psycopg2://u@h/n"])
def test_every_spelling_of_postgresql_gets_the_one_driver(address):
    assert parse_address(address).drivername == "postgresql+psycopg"


def test_a_locked_database_is_refused_after_a_while(tmp_path, monkeypatch):
    monkeypatch.setattr("dafeng.store.records.BUSY_MS", 1)
    with open_records(tmp_path / "r.sqlite") as records:
        holder = sqlite3.connect(tmp_path / "r.sqlite", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"):
            add(records, job())
        holder.close()
