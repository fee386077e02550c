"""What one would take instead of the ledger: rows written one by one by an object mapper, and django-hordak.

Both book the first transfers of the same list with eight threads, each transfer in a transaction of its own, which is how
both are documented; neither has ids that answer again, holds, serial numbers or a chain of hashes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread
from typing import Any

from benchmarks.harness import Told
from benchmarks.ledger_load import Meter, fresh, moves, served

ACCOUNTS = 1000
SAMPLE = 4000
THREADS = 8
Moves = Sequence[tuple[str, int, int, int]]


def run(threads: int, transfers: Moves, one: Callable[[Moves], None]) -> None:
    """Share transfers among threads."""
    started = [Thread(target=one, args=(transfers[at::threads],)) for at in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()


def balances(transfers: Moves, start: int) -> list[int]:
    """What each account has in the end."""
    wanted = [start] * ACCOUNTS
    for _, giver, taker, quantity in transfers:
        wanted[giver] -= quantity
        wanted[taker] += quantity
    return wanted


def told(meter: Meter, scaled: int, wrong: int, total: int) -> Told:
    """The figures of a peer, its seconds scaled up to the number of transfers that our side does."""
    parts = meter.read(SAMPLE)
    return Told({"sum": total, "wrong": wrong}, parts, parts["part_cpu_s"] * scaled / SAMPLE)


def mapped(address: str, threads: int, meter_of: Callable[[], Meter], scaled: int) -> Told:
    """SQLAlchemy's mapper: both accounts selected FOR UPDATE, a transfer, two postings, two balances, one commit."""
    from sqlalchemy import BigInteger, ForeignKey, Integer, String, create_engine, event, func, select
    from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

    class Base(DeclarativeBase):
        pass

    class Account(Base):
        __tablename__ = "orm_account"
        id = mapped_column(Integer, primary_key=True)
        balance = mapped_column(BigInteger)

    class Transfer(Base):
        __tablename__ = "orm_transfer"
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(64), unique=True)

    class Posting(Base):
        __tablename__ = "orm_posting"
        id = mapped_column(Integer, primary_key=True)
        transfer = mapped_column(ForeignKey("orm_transfer.id"))
        account = mapped_column(ForeignKey("orm_account.id"), index=True)
        amount = mapped_column(BigInteger)
        balance = mapped_column(BigInteger)

    engine = create_engine(address, pool_size=threads)
    if address.startswith("sqlite"):

        @event.listens_for(engine, "connect")
        def set_up(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(Account(id=at, balance=10**6) for at in range(ACCOUNTS))
        session.commit()
    transfers = list(moves(SAMPLE, ACCOUNTS))

    def book(mine: Moves) -> None:
        for name, giver, taker, quantity in mine:
            with Session(engine) as session, session.begin():
                both = select(Account).where(Account.id.in_((giver, taker))).order_by(Account.id).with_for_update()
                found = {one.id: one for one in session.scalars(both)}
                if found[giver].balance < quantity:
                    continue
                transfer = Transfer(name=name)
                session.add(transfer)
                session.flush()
                for account, amount in ((found[giver], -quantity), (found[taker], quantity)):
                    account.balance += amount
                    session.add(Posting(transfer=transfer.id, account=account.id, amount=amount, balance=account.balance))

    meter = meter_of()
    run(threads, transfers, book)
    with Session(engine) as session:
        total = int(session.scalar(select(func.sum(Posting.amount))) or 0)
        kept = {number: balance for number, balance in session.execute(select(Account.id, Account.balance))}  # noqa: C416 - rows
    wanted = balances(transfers, 10**6)
    answer = told(meter, scaled, sum(kept[at] != one for at, one in enumerate(wanted)), total)
    engine.dispose()
    return answer


def map_sqlite(scaled: int) -> Callable[[Path], Told]:
    """The mapper on SQLite; one thread, for the file has one writer."""
    return lambda folder: mapped(f"sqlite:///{fresh(folder)}", 1, Meter, scaled)


def map_postgres(scaled: int) -> Callable[[Path], Told]:
    """The mapper on PostgreSQL."""

    def work(folder: Path) -> Told:
        with served(folder) as (address, home):
            return mapped(address.replace("postgresql://", "postgresql+psycopg://"), THREADS, lambda: Meter(home), scaled)

    return work


def hordak(scaled: int) -> Callable[[Path], Told]:
    """django-hordak: ``Account.transfer_to``, with its triggers that hold the legs of a transaction to zero."""

    def work(folder: Path) -> Told:
        with served(folder) as (address, home):
            return _hordak(address, home, scaled)

    return work


def _hordak(address: str, home: Path, scaled: int) -> Told:
    import dj_database_url
    import django
    from django.conf import settings

    settings.configure(
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "mptt", "hordak"],
        DATABASES={"default": dj_database_url.parse(address) | {"CONN_MAX_AGE": None}},
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        HORDAK_CURRENCIES=["CNY"],
        HORDAK_DEFAULT_CURRENCY="CNY",
        HORDAK_INTERNAL_CURRENCY="CNY",
        DEFAULT_CURRENCY="CNY",
    )
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.db.models import Sum
    from hordak.models import Account, Leg
    from moneyed import Money

    call_command("migrate", verbosity=0)
    accounts = [Account.objects.create(name=f"a{at}", type="LI", currencies=["CNY"]) for at in range(ACCOUNTS)]
    transfers = list(moves(SAMPLE, ACCOUNTS))

    def book(mine: Moves) -> None:
        for name, giver, taker, quantity in mine:
            accounts[taker].transfer_to(accounts[giver], Money(quantity, "CNY"), description=name)
        connection.close()

    meter = Meter(home)
    run(THREADS, transfers, book)
    sums = Leg.objects.aggregate(credit=Sum("credit"), debit=Sum("debit"))
    kept = {one.pk: one.balance["CNY"].amount for one in Account.objects.with_balances()}
    wanted = balances(transfers, 0)
    answer = told(
        meter,
        scaled,
        sum(kept[account.pk] != one for account, one in zip(accounts, wanted, strict=True)),
        int(sums["credit"] - sums["debit"]),
    )
    connection.close()
    return answer
