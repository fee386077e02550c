"""Eighth form of the records: which orders were asked for together, and in which order.

Invariant: an order without a place stands alone, as all orders of earlier forms do.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "ledger_order_place",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("first", sa.String(128), nullable=False, index=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["ledger_order.id"], name="ledger_order_place_id"),
        sa.ForeignKeyConstraint(["first"], ["ledger_order.id"], name="ledger_order_place_first"),
    )
