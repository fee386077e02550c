"""Second form of the records: documents under review with their edits and versions, accounts and their visits.

Invariant: the database itself refuses to change or remove an edit or the content of a version.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dafeng.store.models import Instant

revision = "0002"
down_revision = "0001"

GUARDS = (
    ("plan_edit", "UPDATE", "edits of a plan are append-only"),
    ("plan_edit", "DELETE", "edits of a plan are append-only"),
    ("plan_version", "UPDATE OF number, review, serial, who, at, sha256", "a version of a plan is never changed"),
    ("plan_version", "DELETE", "a version of a plan is never removed"),
)


def upgrade() -> None:
    """Make the tables and their guards."""
    _create_reviews()
    _create_versions()
    _create_accounts()
    guard = _guard_sqlite if op.get_bind().dialect.name == "sqlite" else _guard_postgresql
    for number, (table, event, refusal) in enumerate(GUARDS):
        guard(f"{table}_{number}", table, event, refusal)


def _create_reviews() -> None:
    op.create_table(
        "plan_review",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("title", sa.String(400), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("reading", sa.String(64), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_table(
        "plan_edit",
        sa.Column("review", sa.String(64), primary_key=True),
        sa.Column("serial", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("record", sa.String(200), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["review"], ["plan_review.id"], name="plan_edit_review"),
        sa.CheckConstraint(
            "action IN ('accept', 'correct', 'split', 'add', 'reject', 'restore', 'undo')", name="plan_edit_action"
        ),
    )


def _create_versions() -> None:
    op.create_table(
        "plan_version",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("review", sa.String(64), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(["review"], ["plan_review.id"], name="plan_version_review"),
        sa.CheckConstraint("status IN ('begun', 'written')", name="plan_version_status"),
    )


def _create_accounts() -> None:
    op.create_table(
        "account",
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint("role IN ('reader', 'editor', 'confirmer')", name="account_role"),
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("account", sa.String(60), nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant()),
        sa.ForeignKeyConstraint(["account"], ["account.name"], name="visit_account"),
    )


def _guard_sqlite(name: str, table: str, event: str, refusal: str) -> None:
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{refusal}'); END")


def _guard_postgresql(name: str, table: str, event: str, refusal: str) -> None:
    op.execute(
        f"CREATE FUNCTION refuse_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{refusal}'; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_{name}()")
