"""Fourth form of the records: administrators, one-time links, access tokens, names at identity providers.

Invariant: accounts and visits that are there stay as they are; only the list of roles grows.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dafeng.store.models import Instant

revision = "0004"
down_revision = "0003"

ROLES = "role IN ('reader', 'editor', 'confirmer', 'administrator')"
ACCOUNT = "name, role, password, stamp, active, changed_at"
VISIT = "id, account, stamp, began_at, ends_at, ended_at"


def upgrade() -> None:
    """Widen the roles and make the tables."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_accounts()
    else:
        op.drop_constraint("account_role", "account", type_="check")
        op.create_check_constraint("account_role", "account", ROLES)
    _create_tables()


def _rebuild_accounts() -> None:
    """SQLite changes no constraint: both tables are made anew, the visits set aside first since they name accounts."""
    op.execute("CREATE TABLE visit_kept AS SELECT " + VISIT + " FROM visit")  # noqa: S608 - columns of this module
    op.drop_table("visit")
    op.rename_table("account", "account_kept")
    op.create_table(
        "account",
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint(ROLES, name="account_role"),
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
    for table, columns in (("account", ACCOUNT), ("visit", VISIT)):
        op.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}_kept")  # noqa: S608 - names of this module
        op.drop_table(f"{table}_kept")


def _create_tables() -> None:
    op.create_table(
        "invitation",
        *_head("invitation"),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("used_at", Instant()),
    )
    op.create_table(
        "access_token",
        *_head("access_token"),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("scope", sa.String(20), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant()),
        sa.CheckConstraint("scope IN ('read', 'write')", name="access_token_scope"),
    )
    op.create_table(
        "identity",
        *_head("identity"),
        sa.Column("issuer", sa.String(400), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )


def _head(table: str) -> tuple[sa.Column[str], sa.Column[str], sa.ForeignKeyConstraint]:
    """Id and account, which all three tables begin with."""
    return (
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("account", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.name"], name=f"{table}_account"),
    )
