"""Fetch the browser libraries of the cockpit and of its tests from npm and write their manifests.

``python tools/vendor.py`` fetches (needs npm and a network), ``--check`` only compares the files with the manifests.
Invariant: every file in a vendor folder stands in its manifest with its sha256, and nothing else does.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
MANIFEST = "manifest.json"
SHIPPED = ROOT / "src/dafeng/web/static/vendor"
TESTED = ROOT / "tests/web/vendor"
"""What browsers of readers fetch, and what only the browser of the tests does."""

WANTED = [
    {
        "name": "htmx",
        "package": "htmx.org",
        "version": "4.0.1",
        "licence": "0BSD",
        "files": {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "htmx.LICENSE.txt"},
    },
    {
        "name": "echarts",
        "package": "echarts",
        "version": "6.1.0",
        "licence": "Apache-2.0",
        "files": {
            "dist/echarts.min.js": "echarts.min.js",
            "LICENSE": "echarts.LICENSE.txt",
            "NOTICE": "echarts.NOTICE.txt",
            "licenses/LICENSE-d3": "echarts.LICENSE-d3.txt",
        },
    },
]
WANTED_IN_TESTS = [
    {
        "name": "axe",
        "package": "axe-core",
        "version": "4.12.1",
        "licence": "MPL-2.0",
        "files": {
            "axe.min.js": "axe.min.js",
            "LICENSE": "axe.LICENSE.txt",
            "LICENSE-3RD-PARTY.txt": "axe.LICENSE-3RD-PARTY.txt",
        },
    },
]
SHELVES = {SHIPPED: WANTED, TESTED: WANTED_IN_TESTS}


def digest(content: bytes) -> str:
    """Return the sha256 of the content as hexadecimal text."""
    return hashlib.sha256(content).hexdigest()


def unpack(package: str, version: str, names: list[str]) -> dict[str, bytes]:
    """Fetch one npm package into a temporary folder and return the named files of it."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", folder, f"{package}@{version}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            return {name: _member(archive, f"package/{name}") for name in names}


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    stream = archive.extractfile(name)
    if stream is None:
        raise SystemExit(f"{name} is no file in the package")
    return stream.read()


def fetch(folder: Path) -> None:
    """Write all wanted files of a folder and its manifest; files that are no longer wanted are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for wanted in SHELVES[folder]:
        contents = unpack(wanted["package"], wanted["version"], list(wanted["files"]))
        files = []
        for inside, name in wanted["files"].items():
            (folder / name).write_bytes(contents[inside])
            files.append({"file": name, "from": inside, "sha256": digest(contents[inside])})
        entries.append({key: wanted[key] for key in ("name", "package", "version", "licence")} | {"files": files})
    (folder / MANIFEST).write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")
    for stray in set(folder.iterdir()) - _listed(folder):
        stray.unlink()


def read_manifest(folder: Path) -> list[dict]:
    """Entries of the manifest of a folder, one per library."""
    return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))


def _listed(folder: Path) -> set[Path]:
    return {folder / file["file"] for entry in read_manifest(folder) for file in entry["files"]} | {folder / MANIFEST}


def differences(folder: Path) -> list[str]:
    """Compare manifest and files; an empty list means they agree."""
    found = []
    for entry in read_manifest(folder):
        for file in entry["files"]:
            path = folder / file["file"]
            if not path.is_file():
                found.append(f"{file['file']}: in the manifest, not in the folder")
            elif digest(path.read_bytes()) != file["sha256"]:
                found.append(f"{file['file']}: sha256 differs from the manifest")
    found += [f"{stray.name}: in the folder, not in the manifest" for stray in set(folder.iterdir()) - _listed(folder)]
    return sorted(found)


def main() -> int:
    """Fetch, or only check; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare files and manifests, fetch nothing")
    if not parser.parse_args().check:
        for folder in SHELVES:
            fetch(folder)
    found = [line for folder in SHELVES for line in differences(folder)]
    print("\n".join(found) or "vendor files agree with their manifests")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
