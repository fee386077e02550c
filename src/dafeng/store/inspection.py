"""Looks at every byte of facts and runs and says what is not as it was written.

Invariant: it changes nothing, and a fault is a finding that names the file, never an exception.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dafeng.core.errors import StoreError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.store.files import hash_file, unseal
from dafeng.store.lots import MANIFEST, Lot, Manifest, Part, read_manifest
from dafeng.store.parts import is_part


def inspect_facts(folder: Path) -> tuple[Finding, ...]:
    """Faults of a store of facts.

    Parameters
    ----------
    folder : Path
        The store.

    Returns
    -------
    tuple of Finding
        Errors for damaged or missing files, information for files that belong to no lot.
    """
    try:
        manifest = read_manifest(folder)
    except StoreError as error:
        return (Finding("store.manifest", MANIFEST, "error", error.what, error.remedy),)
    faults = (_part_faults(folder, lot, part) for lot in manifest.lots for part in lot.parts)
    return (*(fault for each in faults for fault in each), *_strangers(folder, manifest))


def inspect_run(folder: Path, head: str) -> tuple[Finding, ...]:
    """Faults of a run.

    Parameters
    ----------
    folder : Path
        Folder of the run.
    head : str
        Name of the file that lists the others.

    Returns
    -------
    tuple of Finding
        One error per file that is missing or changed.
    """
    try:
        hashes = unseal(folder / head)["files"]
    except StoreError as error:
        return (Finding("store.run", f"{folder.name}/{head}", "error", error.what, error.remedy),)
    faults = (_file_faults(folder / name, sha256, folder.name) for name, sha256 in sorted(hashes.items()))
    return tuple(fault for each in faults for fault in each)


def _part_faults(folder: Path, lot: Lot, part: Part) -> Iterator[Finding]:
    return _file_faults(folder / part.name, part.sha256, ", ".join(item.file for item in lot.items))


def _file_faults(path: Path, sha256: str, belongs: str) -> Iterator[Finding]:
    try:
        found = hash_file(path)
    except OSError as cause:
        yield _fault(path, Label(f"缺失（{belongs}）：{cause.strerror}", f"missing ({belongs}): {cause.strerror}"))
        return
    if found != sha256:
        yield _fault(path, Label(f"内容已改变（{belongs}）", f"its content was changed ({belongs})"))


def _fault(path: Path, says: Label) -> Finding:
    remedy = Label("从备份恢复该文件", "restore the file from a backup")
    said = Label(f"存储文件 {path.name} {says.zh}", f"stored file {path.name}: {says.en}")
    return Finding("store.file", f"{path.parent.name}/{path.name}", "error", said, remedy)


def _strangers(folder: Path, manifest: Manifest) -> Iterator[Finding]:
    """Parts that stand in no manifest: left by a killed writer, removed by the next delivery."""
    known = {part.name for lot in manifest.lots for part in lot.parts}
    says = Label("不属于任何批次，可能是中断的写入留下的", "belongs to no lot; an interrupted writer may have left it")
    remedy = Label("下次入库时自动清除", "the next delivery removes it")
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    yield from (
        Finding("store.stranger", path.name, "info", says, remedy) for path in paths if is_part(path) and path.name not in known
    )
