"""What was delivered to a store of facts: lots, their files, and the manifest that lists them.

Invariant: the manifest alone says what belongs to the store; it grows by whole lots, and a lot once listed keeps
its id, files and hashes for ever (it can be withdrawn from an instant on, not removed).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from dafeng.core.errors import StoreError
from dafeng.core.labels import Label
from dafeng.store.files import damaged, hash_bytes, seal, unseal, write_whole

MANIFEST = "manifest.json"
"""Name of the file that lists a store."""
FORMAT = 1
"""Version of the layout of a store of facts."""
ID_DIGITS = 12
"""Length of a lot's id. [hexadecimal digits]"""


@dataclass(frozen=True, slots=True)
class Item:
    """One delivered file of a lot.

    Parameters
    ----------
    file : str
        Name as delivered.
    sha256 : str
        Hash of its bytes; the same bytes are taken once.
    kind : str
        What it was read as (``balance``, ``figures`` …).
    findings : int
        Findings made while reading it.
    facts : int
        Rows it brought; counted by the store.
    """

    file: str
    sha256: str
    kind: str
    findings: int = 0
    facts: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One Parquet file of a lot.

    Parameters
    ----------
    sha256 : str
        Hash of its bytes, also its name.
    size : int
        Its length. [bytes]
    rows : int
        Facts in it.
    superseding : int
        How many of them replace an earlier fact.
    known_from : datetime
        Earliest ``known_at`` in it.
    lowest, highest : mapping of str to str
        Ends of the values of ``indicator``, ``place`` and ``period``: what need not be read is skipped.
    repeats : bool
        Whether its facts stand in other lots too, so that it is read only where one of those is withdrawn.
    earlier : bool
        Whether it says of a repeated fact that it was known earlier than those lots say; then it is always read.
    """

    sha256: str
    size: int
    rows: int
    superseding: int
    known_from: datetime
    lowest: Mapping[str, str]
    highest: Mapping[str, str]
    repeats: bool = False
    earlier: bool = False

    @property
    def name(self) -> str:
        """File name inside the store."""
        return f"{self.sha256}.parquet"


@dataclass(frozen=True, slots=True)
class Lot:
    """One delivery.

    Parameters
    ----------
    id : str
        Hash of the files' hashes and kinds.
    received : datetime
        When it was delivered.
    items : tuple of Item
        Its files.
    facts : int
        Rows it brought.
    repeated : int
        Rows that say again, unchanged, what the store knew before.
    superseding : int
        Rows that replace an earlier fact.
    parts : tuple of Part
        Where its rows lie.
    """

    id: str
    received: datetime
    items: tuple[Item, ...]
    facts: int = 0
    repeated: int = 0
    superseding: int = 0
    parts: tuple[Part, ...] = ()

    @property
    def findings(self) -> int:
        """Findings made while its files were read."""
        return sum(item.findings for item in self.items)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A lot that the city no longer stands by.

    Parameters
    ----------
    lot : str
        Id of the lot.
    at : datetime
        From when on it is not known any more.
    reason : str
        Why, in the city's words.
    """

    lot: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that belongs to a store of facts.

    Parameters
    ----------
    serial : int
        Number of changes since the store was made.
    lots : tuple of Lot
        Lots in the order of delivery.
    withdrawn : tuple of Withdrawal
        Withdrawals in the order they were made.
    """

    serial: int = 0
    lots: tuple[Lot, ...] = ()
    withdrawn: tuple[Withdrawal, ...] = field(default=())

    def absent(self, at: datetime | None) -> frozenset[str]:
        """Ids of the lots withdrawn at an instant.

        Parameters
        ----------
        at : datetime or None
            The instant; ``None`` for now.

        Returns
        -------
        frozenset of str
            Lot ids.
        """
        return frozenset(entry.lot for entry in self.withdrawn if at is None or entry.at <= at)


def name_lot(items: Iterable[Item], *, generation: int = 0) -> str:
    """Id of a lot: the same for the same files, whatever they are called and in whatever order they come.

    Parameters
    ----------
    items : iterable of Item
        Its files.
    generation : int, optional
        How often a lot of the same files was withdrawn before.

    Returns
    -------
    str
        The id.
    """
    said = "\n".join([*sorted(f"{item.sha256} {item.kind}" for item in items), str(generation)])
    return hash_bytes(said.encode())[:ID_DIGITS]


def read_manifest(folder: Path) -> Manifest:
    """Manifest of a store; an empty one where there is no store yet.

    Parameters
    ----------
    folder : Path
        The store.

    Returns
    -------
    Manifest
        What belongs to it.

    Raises
    ------
    StoreError
        If the manifest is damaged, of another version, or gone while facts are there.
    """
    path = folder / MANIFEST
    if not path.exists():
        if any(folder.glob("*.parquet")):
            raise damaged(path, "missing")
        return Manifest()
    body = unseal(path)
    if body.get("format") != FORMAT:
        raise _other_format(path, body.get("format"))
    try:
        return _parse(body)
    except (KeyError, TypeError, ValueError) as cause:
        raise damaged(path, f"{type(cause).__name__}: {cause}") from cause


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest of a store in one step; hold the lock.

    Parameters
    ----------
    folder : Path
        The store.
    manifest : Manifest
        The new one.
    """
    body = {"format": FORMAT, **asdict(manifest)}
    write_whole(folder / MANIFEST, seal(_texts(body)))


def _texts(value: Any) -> Any:
    """The same tree with instants as ISO text."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _texts(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_texts(each) for each in value]
    return value


def _parse(body: Mapping[str, Any]) -> Manifest:
    withdrawn = tuple(Withdrawal(w["lot"], datetime.fromisoformat(w["at"]), w["reason"]) for w in body["withdrawn"])
    return Manifest(body["serial"], tuple(_parse_lot(lot) for lot in body["lots"]), withdrawn)


def _parse_lot(body: Mapping[str, Any]) -> Lot:
    parts = tuple(Part(**{**part, "known_from": datetime.fromisoformat(part["known_from"])}) for part in body["parts"])
    items = tuple(Item(**item) for item in body["items"])
    counts = {name: body[name] for name in ("facts", "repeated", "superseding")}
    return Lot(body["id"], datetime.fromisoformat(body["received"]), items, parts=parts, **counts)


def _other_format(path: Path, found: object) -> StoreError:
    return StoreError(
        Label(f"数据存储的格式为 {found!r}", f"the store has format {found!r}"),
        where=str(path),
        expected=Label(f"格式 {FORMAT}", f"format {FORMAT}"),
        remedy=Label(
            "用写入它的程序版本打开，或升级本程序", "open it with the version that wrote it, or upgrade this programme"
        ),
    )
