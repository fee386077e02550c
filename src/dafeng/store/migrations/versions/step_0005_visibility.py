"""Fifth form of the records: changes of what the public pages may show.

Invariant: the database itself refuses to change or remove what was logged of such a change.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dafeng.store.models import Instant

revision = "0005"
down_revision = "0004"

TABLE = "visibility_change"
REFUSAL = "a change of visibility is never changed or removed"


def upgrade() -> None:
    """Make the table and its guards."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.String(400), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("file", sa.String(64), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("state IN ('public', 'internal', 'unset')", name="visibility_change_state"),
    )
    for event in ("UPDATE", "DELETE"):
        for statement in _guards(f"{TABLE}_{event.lower()}", event, op.get_bind().dialect.name):
            op.execute(statement)


def _guards(name: str, event: str, dialect: str) -> list[str]:
    if dialect == "sqlite":
        return [f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"]
    return [
        f"CREATE FUNCTION refuse_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
        f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE} FOR EACH ROW EXECUTE FUNCTION refuse_{name}()",
    ]
