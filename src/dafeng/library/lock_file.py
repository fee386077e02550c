"""The lock file of a study: one YAML text that people read and the program checks.

Invariant: the same lock is always the same text; a text of which a row was changed, added or lost is refused, and the
refusal names the row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, cast, get_args

from dafeng.core.labels import Label
from dafeng.core.sources import Grade, Source
from dafeng.library.factor import Factor, Key, Substitute
from dafeng.library.factors import FactorLibrary
from dafeng.library.locks import FactorLock, LockedFile, Question, check_answers, fingerprint
from dafeng.library.records import Record
from dafeng.library.strict import read_text, read_yaml, refusal

SCHEMA = 1
"""Version of the form of the file."""
_HEAD = """\
# 因子锁定：本研究所用的每个因子、方法版本及其散列。由 dafeng lock 写成，请勿手改；更新用 dafeng lock CITY --update。
# Factors pinned for this study. Written by dafeng lock; do not edit. Pin anew with dafeng lock CITY --update.
"""
_TEXTS = ("id", "substance", "parameter", "purpose", "standard", "unit", "source", "grade")
_NUMBERS = ("value", "lower", "upper")
_FACTOR = (*_TEXTS, "place", "year", "sector", *_NUMBERS, "clause", "note", "title", "sha256")
_QUESTION = ("substance", "parameter", "purpose", "standard", "place", "year", "sector", "fallback", "provisional", "factor")
_SUBSTITUTE = ("purpose", "substance", "substitute", "source", "zh", "en")
_FIELDS = ("schema", "version", "edition", "files", "methods", "packages", "substitutes", "factors", "answers", "sha256")


def write_lock(lock: FactorLock, sources: Mapping[str, Source]) -> str:
    """Text of a lock.

    Parameters
    ----------
    lock : FactorLock
        The lock.
    sources : mapping of str to Source
        Titles of the sources, for people who read the file.

    Returns
    -------
    str
        YAML; one line per file, method, factor and answer, each factor with its hash, all sealed by the last line.
    """
    body = _HEAD + "".join(f"{line}\n" for line in _lines(lock, sources))
    return f"{body}sha256: {_text(_digest(body))}\n"


def read_lock(source: Path | str, found: FactorLibrary) -> FactorLock:
    """Lock from its text.

    Parameters
    ----------
    source : Path or str
        The file, or the text itself.
    found : FactorLibrary
        Names of substances and parameters.

    Returns
    -------
    FactorLock
        The lock, checked row by row.

    Raises
    ------
    DefinitionError
        If the form is broken, a row does not have its hash, an answer names a factor that is not there or that does
        not answer it, or the seal does not fit.
    """
    name = source.name if isinstance(source, Path) else "factors.lock"
    text = read_text(source, name=name)
    root = Record(read_yaml(text, name=name), ()).allow(_FIELDS)
    if root.value("schema") != SCHEMA:
        raise root.error(f"应为 {SCHEMA}", f"must be {SCHEMA}", key="schema")
    factors = dict(_factors(root, found))
    lock = FactorLock(
        version=root.text("version"),
        edition=root.text_or_none("edition"),
        files={str(key): root.child("files").text(str(key)) for key in root.child("files").keys()},  # noqa: SIM118
        methods={record.text("id"): _file(record) for record in root.children("methods")},
        packages={record.text("id"): _file(record) for record in root.children("packages")},
        factors=factors,
        answers=dict(_answers(root, factors)),
        substitutes=dict(_substitutes(root)),
    )
    _check_answers(lock, found, name)
    _check_seal(root, text)
    return lock


def _lines(lock: FactorLock, sources: Mapping[str, Source]) -> Iterator[str]:
    yield f"schema: {SCHEMA}"
    yield f"version: {_text(lock.version)}"
    yield f"edition: {_text(lock.edition)}"
    yield "files:"
    yield from (f"  {_text(name)}: {_text(lock.files[name])}" for name in sorted(lock.files))
    for name, files in (("methods", lock.methods), ("packages", lock.packages)):
        yield from _section(name, (_flow(_file_row(files[one])) for one in sorted(files)))
    yield from _section("substitutes", (_flow(_substitute_row(key, lock.substitutes[key])) for key in sorted(lock.substitutes)))
    yield from _section("factors", (_flow(_factor_row(lock.factors[name], sources)) for name in sorted(lock.factors)))
    yield from _section("answers", (_flow(_answer_row(question, name)) for question, name in lock.answers.items()))


def _section(name: str, rows: Iterable[str]) -> Iterator[str]:
    lines = [f"  - {row}" for row in rows]
    yield f"{name}:" if lines else f"{name}: []"
    yield from lines


def _flow(row: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{key}: {_text(value)}" for key, value in row.items()) + "}"


def _text(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def _file_row(method: LockedFile) -> dict[str, Any]:
    return {"id": method.id, "edition": method.edition, "file": method.file, "sha256": method.sha256}


def _substitute_row(key: tuple[str, str], one: Substitute) -> dict[str, Any]:
    said = {"substitute": one.substance, "source": one.source, "zh": one.reason.zh, "en": one.reason.en}
    return {"purpose": key[0], "substance": key[1], **said}


def _factor_row(factor: Factor, sources: Mapping[str, Source]) -> dict[str, Any]:
    title = str(sources[factor.source].title) if factor.source in sources else factor.source
    row = {name: getattr(factor, name) for name in _FACTOR if name not in ("title", "sha256")}
    return {**row, "title": title, "sha256": fingerprint(factor)}


def _answer_row(question: Question, name: str | None) -> dict[str, Any]:
    key = question.key
    own = {part: getattr(key, part) for part in _QUESTION[:7]}
    return {**own, "fallback": list(question.fallback), "provisional": question.provisional, "factor": name}


def _file(record: Record) -> LockedFile:
    record.allow({"id", "edition", "file", "sha256"})
    return LockedFile(record.text("id"), record.text_or_none("edition"), record.text("file"), record.text("sha256"))


def _substitutes(root: Record) -> Iterator[tuple[tuple[str, str], Substitute]]:
    for record in root.children("substitutes"):
        record.allow(_SUBSTITUTE)
        found = Substitute(record.text("substitute"), record.text("source"), Label(record.text("zh"), record.text("en")))
        yield (record.text("purpose"), record.text("substance")), found


def _factors(root: Record, found: FactorLibrary) -> Iterator[tuple[str, Factor]]:
    for record in root.children("factors"):
        record.allow(_FACTOR)
        factor = _factor(record, found)
        if fingerprint(factor) != record.text("sha256"):
            raise record.error(
                f"因子“{factor.id}”与其散列不符，已被改动",
                f"factor '{factor.id}' does not have its hash: it was changed",
                expected=Label("dafeng lock 写成的原行", "the row as dafeng lock wrote it"),
            )
        yield factor.id, factor


def _factor(record: Record, found: FactorLibrary) -> Factor:
    texts = {name: record.text(name) for name in _TEXTS}
    if texts["grade"] not in get_args(Grade):
        raise record.error(f"证据等级“{texts['grade']}”不明", f"unknown evidence grade '{texts['grade']}'", key="grade")
    names = found.label("substance", texts["substance"]), found.label("parameter", texts["parameter"])
    numbers: dict[str, Any] = {name: record.decimal(name) for name in _NUMBERS}
    return Factor(
        **{**texts, "grade": cast(Any, texts["grade"])},
        **numbers,
        place=record.text_or_none("place"),
        year=record.year("year"),
        sector=record.text_or_none("sector"),
        clause=record.text_or_none("clause") or "",
        note=record.text_or_none("note") or "",
        label=Label(f"{names[0].zh} {names[1].zh}", f"{names[0].en}, {names[1].en}"),
    )


def _answers(root: Record, factors: Mapping[str, Factor]) -> Iterator[tuple[Question, str | None]]:
    for record in root.children("answers"):
        record.allow(_QUESTION)
        name = record.text_or_none("factor")
        if name is not None and name not in factors:
            raise record.error(
                f"缺少因子“{name}”的行",
                f"the row of factor '{name}' is missing",
                key="factor",
                expected=Label("factors 中列出的编号", "an id listed under factors"),
            )
        yield _question(record), name


def _question(record: Record) -> Question:
    year = record.year("year")
    if year is None:
        raise record.error("缺少年份", "has no year", key="year")
    # a figure that names no kind asks for a factor of nothing, which has no answer
    texts = [record.text_or_none("substance") or "", *(record.text(name) for name in _QUESTION[1:5])]
    key = Key(texts[0], texts[1], texts[2], texts[3], texts[4], year, record.text_or_none("sector"))
    return Question(key, record.texts("fallback"), record.value("provisional") is True)


def _check_answers(lock: FactorLock, found: FactorLibrary, name: str) -> None:
    wrong = check_answers(lock, found.names)
    if wrong is not None:
        said = wrong.key.words()
        raise refusal(
            f"{name}: {said}",
            f"因子“{lock.answers[wrong]}”不能回答 {said}，锁定文件已被改动",
            f"factor '{lock.answers[wrong]}' does not answer {said}: the lock was changed",
            expected=Label("dafeng lock 写成的原文件", "the file as dafeng lock wrote it"),
        )


def _check_seal(root: Record, text: str) -> None:
    body = text[: text.rfind("sha256:")]
    if root.text("sha256") != _digest(body):
        raise root.error(
            "封签不符：有行被改动、增加或删去",
            "the seal does not fit: a row was changed, added or taken out",
            key="sha256",
            expected=Label("dafeng lock 写成的原文件", "the file as dafeng lock wrote it"),
        )


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
