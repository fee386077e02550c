# ruff: noqa: S608 - the texts are made of declared names only
"""The store of facts: delivered figures, kept for ever, readable as they were known at any instant.

Invariant: a delivery is in the store whole or not at all, whatever kills the process; what was delivered once is
never delivered twice; a stored figure is never changed, only superseded or withdrawn, and the past stays readable.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.tables import FACTS, INSTANT
from dafeng.store.engine import LocalEngine
from dafeng.store.files import check_file, lock
from dafeng.store.identity import complete, identify, narrow
from dafeng.store.lots import Item, Lot, Manifest, Part, Withdrawal, name_lot, read_manifest, write_manifest
from dafeng.store.parts import sweep_parts, write_parts
from dafeng.store.refusals import check_delivery, check_instant, is_out_of_order, refuse
from dafeng.store.views import ORDER, ORDER_SQL, Wish, live_lots, parts_read, select_facts, select_history, select_ids

STANDINGS = ("new", "repeated", "earlier")
"""How a delivered row stands to the store: a new fact; a fact said again; a fact said again that is now said to have
been known earlier than the store has it."""
Amend = Callable[[pa.Table, Lot], Sequence[tuple[pa.Table, Lot]]]
"""Further lots for the facts that a delivery brings, which the store takes in with it or not at all."""
SORTED = f"""
SELECT f.position AS position, CASE WHEN s.fact IS NULL THEN 0 WHEN s.known_at <= f.known_at THEN 1 ELSE 2 END AS standing
FROM fresh AS f LEFT JOIN (SELECT t.fact AS fact, min(t.known_at) AS known_at FROM stored AS t GROUP BY t.fact) AS s
  ON s.fact = f.fact
ORDER BY {", ".join(f"f.{name} ASC NULLS FIRST" for name in ORDER)}
"""
"""Places of the delivered rows in the order of the store, and how each stands to it."""


class FactStore:
    """The facts of a city, in a folder of Parquet files and one manifest.

    Parameters
    ----------
    folder : Path
        The folder; it is made by the first delivery.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def lots(self) -> tuple[Lot, ...]:
        """Deliveries in the order they came, withdrawn ones too.

        Returns
        -------
        tuple of Lot
            With file names, hashes, instants and counts.

        Raises
        ------
        StoreError
            If the manifest is damaged.
        """
        return read_manifest(self.folder).lots

    def withdrawals(self) -> tuple[Withdrawal, ...]:
        """Withdrawals in the order they were made.

        Returns
        -------
        tuple of Withdrawal
            With lot, instant and reason.

        Raises
        ------
        StoreError
            If the manifest is damaged.
        """
        return read_manifest(self.folder).withdrawn

    def deliver(
        self,
        deliveries: Sequence[tuple[Item, pa.Table]],
        *,
        received: datetime,
        known_at: datetime | None = None,
        amend: Amend | None = None,
    ) -> Lot:
        """Take in delivered files as one lot; what the store knows already is not counted again.

        A file whose bytes were delivered before is left out. Each other row gets its id: a row that says what a
        fact in force says is that fact again; a row with the key of a fact in force (indicator, flow, carrier,
        place, organisation, period and source) and another value replaces it from ``known_at`` on.

        Parameters
        ----------
        deliveries : sequence of (Item, pyarrow.Table)
            Files with their rows: the columns of FACTS without ``fact``, ``lot``, ``known_at``, ``supersedes``.
        received : datetime
            When they were delivered, with time zone.
        known_at : datetime, optional
            When the city knew the figures; by default when they were delivered.
        amend : callable, optional
            Told the new facts and their lot (no facts and the earlier lot, where all was delivered before) while nothing
            can be seen yet; gives further lots, which are in the store from the same instant on. An error in it leaves
            the store as it was.

        Returns
        -------
        Lot
            The new lot; if all files were delivered before, the lot that brought the last of them.

        Raises
        ------
        TableError
            If rows do not have the columns.
        StoreError
            If nothing is delivered, an instant cannot be, or a later known fact would be replaced.
        """
        received = check_instant(received, "received")
        known = check_instant(known_at or received, "known_at")
        if not deliveries:
            raise refuse(self.folder, Label("没有交付任何文件", "no file was delivered"))
        with lock(self.folder):
            manifest = read_manifest(self.folder)
            earlier = {item.sha256: lot for lot in live_lots(manifest, None) for item in lot.items}
            fresh = {item.sha256: (item, rows) for item, rows in deliveries if item.sha256 not in earlier}
            items = tuple(replace(item, facts=rows.num_rows) for item, rows in fresh.values())
            lot = Lot(_new_name(manifest, items), received, items) if fresh else earlier[deliveries[-1][0].sha256]
            with self._engine() as engine:
                files = [rows for _, rows in fresh.values()]
                table = self._identify(files, manifest, lot.id, known, engine) if fresh else FACTS.build([])
                further = [piece for piece in (amend(table, lot) if amend else ()) if piece[1].id not in _names(manifest)]
                stored = self._append([*([(table, lot)] if fresh else []), *further], manifest, engine)
        return stored[0] if fresh else lot

    def append(self, table: pa.Table, *, lot: Lot) -> Lot:
        """Add facts that have their ids already; `deliver` is the usual door.

        Parameters
        ----------
        table : pyarrow.Table
            FACTS, all with ``lot`` equal to the lot's id.
        lot : Lot
            The delivery; its counts and parts are filled in by the store.

        Returns
        -------
        Lot
            As stored. Appending the identical lot again changes nothing and returns the stored one.

        Raises
        ------
        TableError
            If the table does not keep the schema.
        StoreError
            If ids repeat, a replaced fact does not exist, an instant cannot be, or the lot's id is taken by
            another content.
        """
        with lock(self.folder):
            manifest = read_manifest(self.folder)
            stored = next((each for each in manifest.lots if each.id == lot.id), None)
            with self._engine() as engine:
                if stored is None:
                    return self._append([(table, lot)], manifest, engine)[0]
                same = self._holds(stored, FACTS.check(table), engine)
            if not same:
                raise refuse(self.folder, Label(f"批次 {lot.id} 已存在且内容不同", f"lot {lot.id} is there with other content"))
            return stored

    def withdraw(self, lot: str, *, at: datetime, reason: str) -> None:
        """Stop standing by a lot from an instant on; before it, the lot stays readable.

        Parameters
        ----------
        lot : str
            Id of the lot.
        at : datetime
            From when on, with time zone.
        reason : str
            Why.

        Raises
        ------
        StoreError
            If there is no such lot, it is withdrawn already, or the reason is empty.
        """
        check_instant(at, "at")
        with lock(self.folder):
            manifest = read_manifest(self.folder)
            if lot not in {each.id for each in live_lots(manifest, None)}:
                raise refuse(self.folder, Label(f"没有可撤回的批次 {lot}", f"there is no lot {lot} to withdraw"))
            if not reason.strip():
                raise refuse(self.folder, Label("撤回批次须说明理由", "a withdrawal needs a reason"))
            withdrawn = (*manifest.withdrawn, Withdrawal(lot, at, reason))
            write_manifest(self.folder, replace(manifest, serial=manifest.serial + 1, withdrawn=withdrawn))

    def read(
        self,
        *,
        known_at: datetime | None = None,
        indicators: Collection[str] | None = None,
        places: Collection[str] | None = None,
        periods: Collection[str] | None = None,
    ) -> pa.Table:
        """Facts in force, as known at an instant.

        Parameters
        ----------
        known_at : datetime, optional
            The instant, with time zone; by default everything known is known.
        indicators, places, periods : collection of str, optional
            Accepted values; by default all.

        Returns
        -------
        pyarrow.Table
            FACTS, ordered by indicator, place, period and the rest of the key; the same rows in the same order
            for the same store.

        Raises
        ------
        StoreError
            If a file of the store is missing or damaged; the message names it.
        """
        wanted = {"indicator": indicators, "place": places, "period": periods}
        wish = _wish(known_at, wanted)
        manifest = self._checked(wish)
        with self._engine() as engine:
            facts = select_facts(self.folder, manifest, wish)
            table = engine.scan(f"SELECT * FROM ({facts}) AS facts ORDER BY {ORDER_SQL}")
        return FACTS.check(table.cast(FACTS.arrow()))

    def history(self, facts: Collection[str]) -> pa.Table:
        """Some facts and all that they replaced, directly or not.

        Parameters
        ----------
        facts : collection of str
            Ids of facts, in force or not.

        Returns
        -------
        pyarrow.Table
            FACTS by the instant they became known; empty where no fact has such an id.

        Raises
        ------
        StoreError
            If a file of the store is missing or damaged.
        """
        manifest = read_manifest(self.folder)
        for part in (part for lot in manifest.lots for part in lot.parts):
            check_file(self.folder / part.name, part.sha256)
        with self._engine() as engine:
            chain = select_history(self.folder, manifest, facts)
            table = engine.scan(f"SELECT * FROM ({chain}) AS facts ORDER BY known_at, {ORDER_SQL}")
        return FACTS.check(table.cast(FACTS.arrow()))

    def query(self, sql: str, *, known_at: datetime | None = None, tables: Mapping[str, pa.Table] | None = None) -> pa.Table:
        """Answer of one portable SELECT over the table ``facts``, without bringing the facts into memory.

        Parameters
        ----------
        sql : str
            The SELECT; ``facts`` are the facts in force.
        known_at : datetime, optional
            As known at this instant; by default everything known.
        tables : mapping of str to pyarrow.Table, optional
            Further tables it may name.

        Returns
        -------
        pyarrow.Table
            The answer.

        Raises
        ------
        FormulaError
            If the text is not portable or cannot be answered.
        StoreError
            If a file of the store is missing or damaged.
        """
        wish = _wish(known_at, {})
        manifest = self._checked(wish)
        with self._engine() as engine:
            engine.define("facts", select_facts(self.folder, manifest, wish))
            return engine.query(sql, tables or {})

    def verify(self) -> tuple[Finding, ...]:
        """Compare every byte of the store with what the manifest says.

        Returns
        -------
        tuple of Finding
            One per damaged or missing file (error) and per file that belongs to no lot (info); empty if all is well.
        """
        from dafeng.store.inspection import inspect_facts

        return inspect_facts(self.folder)

    def _checked(self, wish: Wish) -> Manifest:
        """Manifest, after the parts a wish opens were found to be what was written."""
        manifest = read_manifest(self.folder)
        self._check_parts(manifest, wish)
        return manifest

    def _check_parts(self, manifest: Manifest, wish: Wish) -> None:
        for part in parts_read(manifest, wish):
            check_file(self.folder / part.name, part.sha256)

    def _engine(self) -> LocalEngine:
        return LocalEngine(folders=[self.folder])

    def _holds(self, lot: Lot, table: pa.Table, engine: LocalEngine) -> bool:
        """Whether a stored lot consists of the facts of a table."""
        ids = engine.scan(select_ids(self.folder, [lot])).column("fact").to_pylist()
        return sorted(ids) == sorted(table.column("fact").to_pylist())

    def _identify(
        self, files: Sequence[pa.Table], manifest: Manifest, lot: str, known_at: datetime, engine: LocalEngine
    ) -> pa.Table:
        """FACTS of several files; a later file of the lot replaces what an earlier one said."""
        done = pending = FACTS.build([])
        for rows in files:
            wish = narrow(rows, known_at)
            self._check_parts(manifest, wish)
            engine.register("pending", pending)
            engine.define("held", select_facts(self.folder, manifest, wish, pending="pending" if pending.num_rows else None))
            identities = identify(rows, engine)
            if is_out_of_order(identities, known_at):
                raise refuse(
                    self.folder, Label("已有更晚获知的同键数据", "facts with these keys are known from a later instant")
                )
            facts = complete(rows, identities, lot=lot, known_at=pa.scalar(known_at, INSTANT))
            done = pa.concat_tables([done, facts])
            pending = pa.concat_tables([pending, facts.filter(pc.invert(identities.column("repeated")))])
        return done

    def _append(self, pieces: Sequence[tuple[pa.Table, Lot]], manifest: Manifest, engine: LocalEngine) -> list[Lot]:
        """Write the parts, then the manifest: until its one rename nothing of the lots can be seen. Hold the lock."""
        sweep_parts(self.folder, {part.name for each in manifest.lots for part in each.parts})
        if pieces and not manifest.lots:
            write_manifest(self.folder, manifest)  # parts without a manifest are a store that lost it
        done: list[Lot] = []
        for table, lot in pieces:
            done.append(self._stage(table, lot, (*manifest.lots, *done), engine))
        if done:
            write_manifest(self.folder, Manifest(manifest.serial + 1, (*manifest.lots, *done), manifest.withdrawn))
        return done

    def _stage(self, table: pa.Table, lot: Lot, earlier: Sequence[Lot], engine: LocalEngine) -> Lot:
        """Write the parts of a lot, which no manifest names yet."""
        numbers = pa.array(range(table.num_rows), pa.int64())
        engine.register("fresh", FACTS.check(table).append_column("position", numbers))
        engine.define("stored", select_ids(self.folder, earlier))
        check_delivery(engine, self.folder, lot)
        parts = self._write(table, engine.scan(SORTED))
        return replace(
            lot,
            facts=table.num_rows,
            repeated=sum(part.rows for part in parts if part.repeats),
            superseding=sum(part.superseding for part in parts if not part.repeats),
            parts=parts,
        )

    def _write(self, table: pa.Table, places: pa.Table) -> tuple[Part, ...]:
        """Write delivered rows in the order of the store, those that repeat a fact apart from the new ones."""
        parts: list[Part] = []
        for number, standing in enumerate(STANDINGS):
            chosen = places.column("position").filter(pc.equal(places.column("standing"), number))
            parts += write_parts(self.folder, table, chosen, repeats=standing != "new", earlier=standing == "earlier")
        return tuple(parts)


def _wish(known_at: datetime | None, wanted: Mapping[str, Collection[str] | None]) -> Wish:
    if known_at is not None:
        check_instant(known_at, "known_at")
    return Wish(known_at, known_at, {name: frozenset(values) for name, values in wanted.items() if values is not None})


def _names(manifest: Manifest) -> frozenset[str]:
    return frozenset(lot.id for lot in manifest.lots)


def _new_name(manifest: Manifest, items: tuple[Item, ...]) -> str:
    """Id of a lot of these files; one that was withdrawn and is delivered again gets another id."""
    taken = _names(manifest)
    return next(name for n in range(len(taken) + 1) if (name := name_lot(items, generation=n)) not in taken)
