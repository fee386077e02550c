"""What a city is accounted with: factors, methods and their editions, as they are now or as the study was locked.

Invariant: a study with a lock uses the locked factors, editions and method definitions; what the library holds
differently by now is said as a finding, never used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.drifts import drifts
from dafeng.library.factors import FactorLibrary, read_factors
from dafeng.library.lock_file import read_lock
from dafeng.library.locks import FactorLock, LockedLibrary, LockedMethod, locked
from dafeng.library.overlay import definition_files, layers
from dafeng.library.strict import refusal
from dafeng.methods.catalogue import read_methods
from dafeng.methods.definition import Method
from dafeng.store.files import hash_file
from dafeng.work.city import City

LOCK = "factors.lock"
"""Name of the lock file in a city's folder."""
KEPT = "locked"
"""Folder of a city in which the definitions of its locked methods are kept."""
_ID = re.compile(r"^id:\s*([a-z0-9_.-]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Study:
    """What a city is accounted with.

    Parameters
    ----------
    library : FactorLibrary
        Factors, behind the lock where there is one.
    methods : mapping of str to Method
        Methods by id.
    editions : mapping of str to str
        Edition by method, where one is chosen.
    edition : str or None
        Edition that was asked for.
    findings : tuple of Finding
        What the library holds differently from the lock.
    """

    library: FactorLibrary
    methods: Mapping[str, Method]
    editions: Mapping[str, str]
    edition: str | None
    findings: tuple[Finding, ...] = ()

    def noticed(self) -> tuple[Finding, ...]:
        """Findings about the lock after the look-ups were made.

        Returns
        -------
        tuple of Finding
            Those of the beginning, and one for the questions that the lock does not hold.
        """
        beyond = self.library.beyond if isinstance(self.library, LockedLibrary) else {}
        asked = sorted({question.key.words() for question in beyond})
        return (*self.findings, *([_beyond(asked)] if asked else []))


def open_study(city: City, edition: str | None = None, *, unlocked: bool = False) -> Study:
    """What a city is accounted with.

    Parameters
    ----------
    city : City
        The city.
    edition : str, optional
        Edition of the methods; the newest where a method has no such edition, or that of the lock.
    unlocked : bool
        Whether to leave the lock aside.

    Returns
    -------
    Study
        As locked, where the city has a lock and no other edition is asked for.

    Raises
    ------
    DefinitionError
        If the lock, or a kept definition of a method, is damaged.
    """
    library, methods = read_factors(city.overlay), read_methods(city.overlay)
    editions = {name: edition for name, method in methods.items() if edition is not None and edition in method.editions}
    plain = Study(library, methods, editions, edition)
    path = city.folder / LOCK
    if unlocked or not path.is_file():
        return plain
    lock = read_lock(path, library)
    if edition not in (None, lock.edition):
        return Study(library, methods, editions, edition, (_aside(edition, lock),))
    return _locked(city, plain, lock)


def method_files(city: City) -> dict[str, Path]:
    """Definition files of the methods of the package and of a city.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    dict of str to Path
        File by method id.
    """
    paths = definition_files(layers(city.overlay), "methods/*.yaml")
    found = ((_ID.search(path.read_text(encoding="utf-8")), path) for path in paths)
    return {match.group(1): path for match, path in found if match}


def lock_findings(lock: FactorLock, library: FactorLibrary) -> Iterator[Finding]:
    """Pinned factors that the library holds differently, as findings.

    Parameters
    ----------
    lock : FactorLock
        The lock.
    library : FactorLibrary
        The library as it is now.

    Yields
    ------
    Finding
        One per factor, with its value then and now.
    """
    remedy = Label(
        "锁定值不变；要改用新值，运行 dafeng lock CITY --update",
        "the pinned value stays; to take the new one, run dafeng lock CITY --update",
    )
    for drift in drifts(lock, library):
        yield Finding(f"lock.{drift.kind}", f"{LOCK}!{drift.id}", "warning", drift.says, remedy)


def _locked(city: City, plain: Study, lock: FactorLock) -> Study:
    files = method_files(city)
    now = {name: hash_file(path) for name, path in files.items()}
    methods = {name: _method(city, plain.methods, one, now.get(name)) for name, one in lock.methods.items()}
    editions = {name: one.edition for name, one in lock.methods.items()}
    findings = (
        *lock_findings(lock, plain.library),
        *(_changed(one) for name, one in lock.methods.items() if now.get(name) != one.sha256),
        *(_new(name, plain.methods[name]) for name in plain.methods if name not in lock.methods),
    )
    return Study(locked(plain.library, lock), methods, editions, lock.edition, findings)


def _method(city: City, methods: Mapping[str, Method], one: LockedMethod, now: str | None) -> Method:
    """The method as locked: the library's where its file is the same, else the kept copy."""
    if now == one.sha256:
        return methods[one.id]
    kept = city.folder / KEPT / "methods" / f"{one.id}.yaml"
    if not kept.is_file() or hash_file(kept) != one.sha256:
        raise refusal(
            f"{KEPT}/methods/{one.id}.yaml",
            f"方法“{one.id}”的锁定定义缺失或已被改动",
            f"the kept definition of the method '{one.id}' is missing or was changed",
            expected=Label(f"散列为 {one.sha256[:16]} 的文件", f"a file with the hash {one.sha256[:16]}"),
        )
    return read_methods(city.overlay, files=(kept,))[one.id]


def _changed(one: LockedMethod) -> Finding:
    return Finding(
        "lock.method",
        f"{LOCK}!{one.id}",
        "warning",
        Label(
            f"方法“{one.id}”的定义在锁定后有改动，本研究仍用锁定时的定义",
            f"the method '{one.id}' has changed; the study keeps its definition",
        ),
        Label("要改用新定义，运行 dafeng lock CITY --update", "to take the new one, run dafeng lock CITY --update"),
    )


def _new(name: str, method: Method) -> Finding:
    return Finding(
        "lock.new_method",
        f"{LOCK}!{name}",
        "info",
        Label(
            f"“{method.title.zh}”是锁定之后才有的方法，未计入本研究",
            f"'{method.title.en}' is younger than the lock and left out",
        ),
        Label("要计入，运行 dafeng lock CITY --update", "to include it, run dafeng lock CITY --update"),
    )


def _aside(edition: str | None, lock: FactorLock) -> Finding:
    was = lock.edition or "newest"
    return Finding(
        "lock.aside",
        LOCK,
        "warning",
        Label(
            f"要求的版本“{edition}”不是锁定的版本（{was}），本次未用锁定",
            f"edition '{edition}' is not the locked one ({was}): the lock was left aside",
        ),
        Label("省略 --edition 即用锁定", "leave out --edition to use the lock"),
    )


def _beyond(asked: list[str]) -> Finding:
    shown = "; ".join(asked[:5]) + (" …" if len(asked) > 5 else "")
    return Finding(
        "lock.beyond",
        LOCK,
        "warning",
        Label(
            f"{len(asked)} 项查询不在锁定之内，取自现在的因子库：{shown}",
            f"{len(asked)} look-ups lie beyond the lock and used the library as it is: {shown}",
        ),
        Label("运行 dafeng lock CITY --update 一并锁定", "run dafeng lock CITY --update to pin them too"),
    )
