"""What a city is accounted with: factors, methods and their editions, as they are now or as the study was locked.

Invariant: a study with a lock uses the locked factors, editions and method definitions; what the library holds
differently by now is said as a finding, never used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from dafeng.core.errors import LookupFailure
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.differences import differences
from dafeng.library.factors import FactorLibrary, read_factors
from dafeng.library.lock_file import read_lock
from dafeng.library.locks import FactorLock, LockedFile, LockedLibrary, locked
from dafeng.library.overlay import definition_files, layers
from dafeng.library.strict import refusal
from dafeng.library.supplied import STANDARD
from dafeng.methods.catalogue import method_paths, read_methods
from dafeng.methods.definition import Method
from dafeng.methods.examples import holds, run_example
from dafeng.methods.packages import Package, read_packages
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
    packages : mapping of str to Package
        Inventory guidelines by id.
    editions : mapping of str to str
        Edition by method, where one is chosen.
    edition : str or None
        Edition that was asked for.
    findings : tuple of Finding
        What the library holds differently from the lock.
    """

    library: FactorLibrary
    methods: Mapping[str, Method]
    packages: Mapping[str, Package]
    editions: Mapping[str, str]
    edition: str | None
    findings: tuple[Finding, ...] = ()

    def lock_notes(self) -> tuple[Finding, ...]:
        """Findings about the lock after the look-ups were made.

        Returns
        -------
        tuple of Finding
            Those of the beginning, and one for the questions that the lock does not hold; factors that the user brought
            along for this run are no such questions.
        """
        beyond = self.library.beyond if isinstance(self.library, LockedLibrary) else {}
        asked = sorted({question.key.words() for question in beyond if question.key.standard != STANDARD})
        return (*self.findings, *([_beyond(asked)] if asked else []))


def open_study(city: City, *, edition: str | None = None, unlocked: bool = False) -> Study:
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
    packages = read_packages(methods, city.overlay)
    _check_edition(edition, methods)
    editions = {name: edition for name, method in methods.items() if edition is not None and edition in method.editions}
    _check_examples(city, methods, library)
    plain = Study(library, methods, packages, editions, edition)
    path = city.folder / LOCK
    if unlocked or not path.is_file():
        return plain
    lock = read_lock(path, library)
    if edition not in (None, lock.edition):
        return replace(plain, findings=(_aside(edition, lock),))
    return _locked(city, plain, lock)


def _check_edition(edition: str | None, methods: Mapping[str, Method]) -> None:
    """Refuse an edition that no method has: a slip of the pen must not name an inventory."""
    known = sorted({name for method in methods.values() for name in method.editions})
    if edition is not None and edition not in known:
        near = get_close_matches(edition, known, n=6, cutoff=0.3) or known[:6]
        raise LookupFailure(
            Label(f"没有方法有版本“{edition}”", f"no method has an edition '{edition}'"),
            where=edition,
            expected=Label(f"如 {'、'.join(near)}", f"such as {', '.join(near)}"),
            remedy=Label("改正版本号，或省略该选项", "correct the edition, or leave the option out"),
        )


def _check_examples(city: City, methods: Mapping[str, Method], library: FactorLibrary) -> None:
    """Refuse a city's own method whose worked examples are missing or do not hold: they alone show a sign inside it."""
    own = {path.name: path for path in definition_files((city.overlay,), "methods/*.yaml")}
    for name in method_paths(own.values()):
        method = methods[name]
        lacking = sorted(set(method.editions) - {example.edition for example in method.examples})
        wrong = [n for n, one in enumerate(method.examples, 1) if not holds(one, run_example(method, one, library))]
        if lacking or wrong:
            raise refusal(
                f"methods/{name}",
                f"缺少算例的版本：{lacking}；不成立的算例：{wrong}",
                f"editions without a worked example: {lacking}; examples that do not hold: {wrong}",
                expected=Label("每个版本有一个成立的算例", "an example that holds for every edition"),
            )


def definition_paths(city: City, kind: str) -> dict[str, Path]:
    """Definition files of the package and of a city.

    Parameters
    ----------
    city : City
        The city.
    kind : {"methods", "packages"}
        Which.

    Returns
    -------
    dict of str to Path
        File by id.
    """
    paths = definition_files(layers(city.overlay), f"{kind}/*.yaml")
    if kind == "methods":
        return dict(method_paths(paths))
    found = ((_ID.search(path.read_text(encoding="utf-8")), path) for path in paths)
    return {match.group(1): path for match, path in found if match}


def kept_path(city: City, kind: str, one: LockedFile) -> Path:
    """Where a locked definition is kept.

    Parameters
    ----------
    city : City
        The city.
    kind : {"methods", "packages"}
        Which.
    one : LockedFile
        The definition.

    Returns
    -------
    Path
        Named by id and hash, so that pinning anew overwrites nothing that the old lock needs.
    """
    return city.folder / KEPT / kind / f"{one.id}.{one.sha256[:12]}.yaml"


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
    for difference in differences(lock, library):
        yield Finding(f"lock.{difference.kind}", f"{LOCK}!{difference.id}", "warning", difference.says, remedy)


def _locked(city: City, plain: Study, lock: FactorLock) -> Study:
    files = {one.sha256: _path(city, "methods", one) for one in lock.methods.values()}
    methods = read_methods(city.overlay, files=files.values())
    packages = [_path(city, "packages", one) for one in lock.packages.values()]
    return Study(
        library=locked(plain.library, lock),
        methods=methods,
        packages=read_packages(methods, city.overlay, files=packages),
        editions={name: one.edition for name, one in lock.methods.items() if one.edition is not None},
        edition=lock.edition,
        findings=tuple(_differences(city, plain, lock)),
    )


def _path(city: City, kind: str, one: LockedFile) -> Path:
    """The kept copy of a definition, whatever the library has now."""
    kept = kept_path(city, kind, one)
    if not kept.is_file() or hash_file(kept) != one.sha256:
        raise refusal(
            kept.relative_to(city.folder).as_posix(),
            f"“{one.id}”的锁定定义缺失或已被改动",
            f"the kept definition of '{one.id}' is missing or was changed",
            expected=Label(f"散列为 {one.sha256[:16]} 的文件", f"a file with the hash {one.sha256[:16]}"),
        )
    return kept


def _differences(city: City, plain: Study, lock: FactorLock) -> Iterator[Finding]:
    yield from lock_findings(lock, plain.library)
    titles = {name: method.title for name, method in plain.methods.items()}
    titles |= {name: package.label for name, package in plain.packages.items()}
    for kind, held in (("methods", lock.methods), ("packages", lock.packages)):
        now = {name: hash_file(path) for name, path in definition_paths(city, kind).items()}
        yield from (_changed(one) for name, one in held.items() if now.get(name) != one.sha256)
        yield from (_new(name, titles[name]) for name in now if name not in held)


def _changed(one: LockedFile) -> Finding:
    return Finding(
        "lock.definition",
        f"{LOCK}!{one.id}",
        "warning",
        Label(
            f"“{one.id}”的定义在锁定后有改动，本研究仍用锁定时的定义",
            f"the definition of '{one.id}' has changed; the study keeps its own",
        ),
        Label("要改用新定义，运行 dafeng lock CITY --update", "to take the new one, run dafeng lock CITY --update"),
    )


def _new(name: str, title: Label) -> Finding:
    return Finding(
        "lock.new_definition",
        f"{LOCK}!{name}",
        "info",
        Label(f"“{title.zh}”是锁定之后才有的定义，未用于本研究", f"'{title.en}' is younger than the lock and left out"),
        Label("要采用，运行 dafeng lock CITY --update", "to use it, run dafeng lock CITY --update"),
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
