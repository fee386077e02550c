"""First form of the records: tasks, reviews, jobs, and an audit log that nobody can edit.

Invariant: the database itself refuses to change or remove an entry of the log. There is no way back: records are
not thrown away, a backup is restored instead.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dafeng.store.models import Instant

revision = "0001"
down_revision = None

REFUSAL = "the audit log is append-only"


def upgrade() -> None:
    """Make the tables and the guards of the log."""
    _create_tasks()
    _create_reviews()
    _create_jobs()
    _create_log()
    _guard_log(op.get_bind().dialect.name)


def _create_tasks() -> None:
    op.create_table(
        "task_record",
        sa.Column("plan", sa.String(64), primary_key=True),
        sa.Column("task", sa.String(100), primary_key=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("approver", sa.String(200)),
        sa.CheckConstraint("status IN ('planned', 'under_way', 'done', 'stopped', 'cancelled')", name="task_record_status"),
        sa.CheckConstraint(
            "status NOT IN ('stopped', 'cancelled') OR (reason IS NOT NULL AND approver IS NOT NULL)", name="task_record_reason"
        ),
    )


def _create_reviews() -> None:
    op.create_table(
        "review",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("address", sa.String(400), nullable=False),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.String(200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("decision IN ('accepted', 'rejected', 'question')", name="review_decision"),
    )
    op.create_index("ix_review_address", "review", ["address"])


def _create_jobs() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("verb", sa.String(40), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("done_share", sa.Float(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("started_at", Instant()),
        sa.Column("ended_at", Instant()),
        sa.Column("run", sa.String(40)),
        sa.Column("says", sa.Text()),
        sa.CheckConstraint("status IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="job_status"),
        sa.CheckConstraint("done_share >= 0 AND done_share <= 1", name="job_done_share"),
    )
    op.create_index("ix_job_status", "job", ["status"])


def _create_log() -> None:
    serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "audit_entry",
        sa.Column("serial", serial, primary_key=True, autoincrement=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(400), nullable=False),
        sa.Column("after", sa.Text()),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject"])


def _guard_log(dialect: str) -> None:
    if dialect == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_entry_{event.lower()} BEFORE {event} ON audit_entry"
                f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entry_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
    )
