"""Runs the steps of Alembic on an open connection, without its command line and its environment script.

Invariant: it runs inside the caller's transaction, so that an interrupted upgrade leaves the database as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from dafeng.core.errors import StoreError
from dafeng.core.labels import Label
from dafeng.store.models import Base

FOLDER = Path(__file__).parent


def read_steps() -> ScriptDirectory:
    """The steps that are known.

    Returns
    -------
    alembic.script.ScriptDirectory
        All of them, with their order.
    """
    return ScriptDirectory(str(FOLDER))


def run_steps(connection: Connection) -> None:
    """Bring a database to the newest form.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction; the caller commits.

    Raises
    ------
    StoreError
        If the database stands at a step that this version does not know.
    """
    script = read_steps()

    def choose(standing: str, context: MigrationContext) -> Iterable[MigrationStep]:  # noqa: ARG001 - Alembic's form
        return script._upgrade_revs("head", standing)

    with EnvironmentContext(Config(), script, fn=choose, destination_rev="head") as environment:
        environment.configure(connection=connection, target_metadata=Base.metadata, transactional_ddl=True)
        try:
            environment.run_migrations()
        except CommandError as cause:
            raise StoreError(
                Label(f"数据库的版本未知：{cause}", f"the database is of an unknown version: {cause}"),
                where="alembic_version",
                expected=Label("本程序认识的版本", "a version that this programme knows"),
                remedy=Label("升级本程序", "upgrade this programme"),
            ) from cause
