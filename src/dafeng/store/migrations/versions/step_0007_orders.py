"""Seventh form of the records: orders to the ledger, and who decided them.

Invariant: an order keeps the spelling under which the ledger knows it; two persons stand in the row where two are needed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dafeng.store.models import Instant

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "ledger_order",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False, index=True),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("pair", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("decided_at", Instant()),
        sa.Column("event", sa.BigInteger()),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('waiting', 'handed', 'booked', 'refused', 'rejected')", name="ledger_order_status"),
        sa.CheckConstraint(
            "NOT pair OR status IN ('waiting', 'rejected') OR (decided_by <> '' AND decided_by <> who)",
            name="ledger_order_pair",
        ),
    )
