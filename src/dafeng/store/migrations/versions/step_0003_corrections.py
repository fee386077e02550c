"""Third form of the records: corrections of reported figures.

Invariant: the database itself refuses to change what a correction says or to remove one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dafeng.store.models import Instant

revision = "0003"
down_revision = "0002"

GUARDS = (
    ("UPDATE OF id, replaces, content, reason, who, at", "a correction of a figure is never changed"),
    ("DELETE", "a correction of a figure is never removed"),
)
TABLE = "figure_correction"


def upgrade() -> None:
    """Make the table and its guards."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("replaces", sa.String(64), nullable=False, index=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint("status IN ('begun', 'written')", name="figure_correction_status"),
    )
    for number, (event, refusal) in enumerate(GUARDS):
        for statement in _guards(f"{TABLE}_{number}", event, refusal, op.get_bind().dialect.name):
            op.execute(statement)


def _guards(name: str, event: str, refusal: str, dialect: str) -> list[str]:
    if dialect == "sqlite":
        return [f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{refusal}'); END"]
    return [
        f"CREATE FUNCTION refuse_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{refusal}'; END $$",
        f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE} FOR EACH ROW EXECUTE FUNCTION refuse_{name}()",
    ]
