"""Sixth form of the records: views of a page that people saved under a name.

Invariant: a view belongs to one account; the database refuses a second one of the same name on the same page.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dafeng.store.models import Instant

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "saved_view",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("account", sa.String(60), sa.ForeignKey("account.name", name="saved_view_account"), nullable=False),
        sa.Column("page", sa.String(40), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.UniqueConstraint("account", "page", "name", name="saved_view_once"),
    )
