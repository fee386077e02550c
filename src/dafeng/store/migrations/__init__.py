"""Steps that bring a database of records from any earlier form to the present one (Alembic).

Invariant: a step that was published is never edited; a change of ``dafeng.store.models`` is a new step.
"""

from __future__ import annotations

HEAD = "0008"
"""Newest step; a database that stands there is opened without loading Alembic."""
