"""The tables of records: what people do with a plan and what the programme did for them.

Invariant: every row has an id given by its maker, so that a repeated request is the same row; every change of a row
stands in the audit log of the same transaction.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

TASK_STATES = ("planned", "under_way", "done", "stopped", "cancelled")
DECISIONS = ("accepted", "rejected", "question")
JOB_STATES = ("waiting", "running", "done", "failed", "cancelled")
EDIT_ACTIONS = ("accept", "correct", "split", "add", "reject", "restore", "undo")
VERSION_STATES = ("begun", "written")
VISIBLE_STATES = ("public", "internal", "unset")
ROLES = ("reader", "editor", "confirmer", "administrator")
SCOPES = ("read", "write")
ORDER_STATES = ("waiting", "handed", "booked", "refused", "rejected")


def _among(column: str, words: tuple[str, ...], name: str) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=name)


class Instant(TypeDecorator[datetime]):
    """An instant with time zone, in UTC on every database; one without is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Value as the database takes it.

        Parameters
        ----------
        value : datetime or None
            With time zone.
        dialect : sqlalchemy.Dialect
            The database.

        Returns
        -------
        datetime or None
            In UTC; without time zone for SQLite, which stores none.

        Raises
        ------
        ValueError
            If the value has no time zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"instant {value.isoformat()} has no time zone")
        universal = value.astimezone(UTC)
        return universal.replace(tzinfo=None) if dialect.name == "sqlite" else universal

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Value as the programme takes it.

        Parameters
        ----------
        value : datetime or None
            From the database.
        dialect : sqlalchemy.Dialect
            The database.

        Returns
        -------
        datetime or None
            In UTC, with time zone.
        """
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What all tables of records share."""


class TaskRecord(Base):
    """State of a task of a plan: one row per task, keyed by the hash of the plan's document and the task's id.

    A stopped or cancelled task keeps its row and needs a reason and the one who approved it.
    """

    __tablename__ = "task_record"
    __table_args__ = (
        _among("status", TASK_STATES, "task_record_status"),
        CheckConstraint(
            "status NOT IN ('stopped', 'cancelled') OR (reason IS NOT NULL AND approver IS NOT NULL)", name="task_record_reason"
        ),
    )

    plan: Mapped[str] = mapped_column(String(64), primary_key=True)
    task: Mapped[str] = mapped_column(String(100), primary_key=True)
    status: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str | None] = mapped_column(Text)
    approver: Mapped[str | None] = mapped_column(String(200))


class Review(Base):
    """What a person said about a number: a decision on an address (``run/table/row``)."""

    __tablename__ = "review"
    __table_args__ = (_among("decision", DECISIONS, "review_decision"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    address: Mapped[str] = mapped_column(String(400), index=True)
    decision: Mapped[str] = mapped_column(String(20))
    says: Mapped[str] = mapped_column(Text)
    reviewer: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)


class Job(Base):
    """A piece of work the programme was asked to do, and how far it is (``done_share`` 0..1)."""

    __tablename__ = "job"
    __table_args__ = (
        _among("status", JOB_STATES, "job_status"),
        CheckConstraint("done_share >= 0 AND done_share <= 1", name="job_done_share"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    verb: Mapped[str] = mapped_column(String(40))
    options: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20), index=True)
    done_share: Mapped[float] = mapped_column(Float)
    created_at: Mapped[datetime] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    run: Mapped[str | None] = mapped_column(String(40))
    says: Mapped[str | None] = mapped_column(Text)


class PlanReview(Base):
    """A plan document under review; its text and the machine's reading lie in the city's folder under its id."""

    __tablename__ = "plan_review"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(400))
    sha256: Mapped[str] = mapped_column(String(64))
    reading: Mapped[str] = mapped_column(String(64))
    who: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)


class PlanEdit(Base):
    """What one person did with one record of a plan; never changed, never removed."""

    __tablename__ = "plan_edit"
    __table_args__ = (_among("action", EDIT_ACTIONS, "plan_edit_action"),)

    review: Mapped[str] = mapped_column(String(64), ForeignKey("plan_review.id", name="plan_edit_review"), primary_key=True)
    serial: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    record: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(20))
    content: Mapped[str] = mapped_column(Text)
    who: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    remark: Mapped[str] = mapped_column(Text)


class PlanVersion(Base):
    """A plan that was confirmed; its content lies in the city's ``plans/versions`` under its number.

    ``begun`` until ``plan.yaml`` was written too; an interrupted one is completed when the records are opened next.
    """

    __tablename__ = "plan_version"
    __table_args__ = (_among("status", VERSION_STATES, "plan_version_status"),)

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    review: Mapped[str] = mapped_column(String(64), ForeignKey("plan_review.id", name="plan_version_review"))
    serial: Mapped[int] = mapped_column(Integer)
    who: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(20))


class FigureCorrection(Base):
    """A reported figure to which a person gave another value; both values, the reason and who did it.

    ``begun`` until the fact that replaces the reported one is in the store; an interrupted one is completed when the
    corrections are opened next.
    """

    __tablename__ = "figure_correction"
    __table_args__ = (_among("status", VERSION_STATES, "figure_correction_status"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    replaces: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    who: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[str] = mapped_column(String(20))


class VisibilityChange(Base):
    """One change of what the public pages may show: the rule before and after, the file it made, and who did it."""

    __tablename__ = "visibility_change"
    __table_args__ = (_among("state", VISIBLE_STATES, "visibility_change_state"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(400))
    state: Mapped[str] = mapped_column(String(20))
    file: Mapped[str] = mapped_column(String(64))
    who: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)


class Account(Base):
    """Who may log in, and what for; the password as Argon2 hash, told to the audit log only as a hash of that."""

    __tablename__ = "account"
    __table_args__ = (_among("role", ROLES, "account_role"),)

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    role: Mapped[str] = mapped_column(String(20))
    password: Mapped[str] = mapped_column(String(200), info={"secret": True})
    stamp: Mapped[int] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(Boolean)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class Visit(Base):
    """A login: the hash of its token, until when it lasts, and when it was ended."""

    __tablename__ = "visit"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[str] = mapped_column(String(60), ForeignKey("account.name", name="visit_account"))
    stamp: Mapped[int] = mapped_column(Integer)
    began_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class SavedView(Base):
    """The state of a page that a person keeps under a name: its filters as the address has them."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("account", "page", "name", name="saved_view_once"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account: Mapped[str] = mapped_column(String(60), ForeignKey("account.name", name="saved_view_account"))
    page: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(Text)
    shared: Mapped[bool] = mapped_column(Boolean)
    at: Mapped[datetime] = mapped_column(Instant)


class Invitation(Base):
    """A one-time link by which an account gets its password: the hash of its token, who gave it, and until when it lasts."""

    __tablename__ = "invitation"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[str] = mapped_column(String(60), ForeignKey("account.name", name="invitation_account"))
    stamp: Mapped[int] = mapped_column(Integer)
    who: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class AccessToken(Base):
    """What a program shows instead of a login: the hash of a token, whose it is, what it may do, and until when."""

    __tablename__ = "access_token"
    __table_args__ = (_among("scope", SCOPES, "access_token_scope"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[str] = mapped_column(String(60), ForeignKey("account.name", name="access_token_account"))
    name: Mapped[str] = mapped_column(String(60))
    scope: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class Identity(Base):
    """By which name an identity provider knows an account."""

    __tablename__ = "identity"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[str] = mapped_column(String(60), ForeignKey("account.name", name="identity_account"))
    issuer: Mapped[str] = mapped_column(String(400))
    subject: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime] = mapped_column(Instant)


class LedgerOrder(Base):
    """What somebody asked of the ledger: its spelling there, who asked, who decided, and what the ledger answered.

    ``waiting`` for a second person (``pair``), ``handed`` to the ledger whose answer is not noted yet, then ``booked`` as an
    event or ``refused`` with a code; ``rejected`` by the second person.
    """

    __tablename__ = "ledger_order"
    __table_args__ = (
        _among("status", ORDER_STATES, "ledger_order_status"),
        CheckConstraint(
            "NOT pair OR status IN ('waiting', 'rejected') OR (decided_by <> '' AND decided_by <> who)",
            name="ledger_order_pair",
        ),
    )

    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    content: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20), index=True)
    who: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    pair: Mapped[bool] = mapped_column(Boolean)
    decided_by: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    event: Mapped[int | None] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(String(40))
    says: Mapped[str] = mapped_column(Text)


class LedgerOrderPlace(Base):
    """Place of an order among those that were asked for together and are booked together or not at all."""

    __tablename__ = "ledger_order_place"

    id: Mapped[str] = mapped_column(String(128), ForeignKey("ledger_order.id", name="ledger_order_place_id"), primary_key=True)
    first: Mapped[str] = mapped_column(String(128), ForeignKey("ledger_order.id", name="ledger_order_place_first"), index=True)
    place: Mapped[int] = mapped_column(Integer)


class AuditEntry(Base):
    """One change of one row: who, when, and the row afterwards; chained to the entry before by its hash."""

    __tablename__ = "audit_entry"

    serial: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(400), index=True)
    after: Mapped[str | None] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


AUDITED: tuple[type[Base], ...] = (
    TaskRecord, Review, Job, PlanReview, PlanEdit, PlanVersion, FigureCorrection, VisibilityChange, Account, Visit, SavedView,
    Invitation, AccessToken, Identity, LedgerOrder, LedgerOrderPlace,
)  # fmt: skip
"""Tables whose changes are audited: all but the log itself."""
