"""Fetch the browser libraries of the cockpit from npm and write their manifest.

``python tools/vendor.py`` fetches (needs npm and a network), ``--check`` only compares the files with the manifest.
Invariant: every file in the vendor folder stands in the manifest with its sha256, and nothing else does.
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

FOLDER = Path(__file__).parent.parent / "src/dafeng/web/static/vendor"
MANIFEST = FOLDER / "manifest.json"

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


def fetch() -> None:
    """Write all wanted files and the manifest; files that are no longer wanted are removed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    entries = []
    for wanted in WANTED:
        contents = unpack(wanted["package"], wanted["version"], list(wanted["files"]))
        files = []
        for inside, name in wanted["files"].items():
            (FOLDER / name).write_bytes(contents[inside])
            files.append({"file": name, "from": inside, "sha256": digest(contents[inside])})
        entries.append({key: wanted[key] for key in ("name", "package", "version", "licence")} | {"files": files})
    MANIFEST.write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")
    for stray in set(FOLDER.iterdir()) - _listed():
        stray.unlink()


def _listed() -> set[Path]:
    entries = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return {FOLDER / file["file"] for entry in entries for file in entry["files"]} | {MANIFEST}


def differences() -> list[str]:
    """Compare manifest and files; an empty list means they agree."""
    found = []
    for entry in json.loads(MANIFEST.read_text(encoding="utf-8")):
        for file in entry["files"]:
            path = FOLDER / file["file"]
            if not path.is_file():
                found.append(f"{file['file']}: in the manifest, not in the folder")
            elif digest(path.read_bytes()) != file["sha256"]:
                found.append(f"{file['file']}: sha256 differs from the manifest")
    found += [f"{stray.name}: in the folder, not in the manifest" for stray in set(FOLDER.iterdir()) - _listed()]
    return sorted(found)


def main() -> int:
    """Fetch, or only check; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare files and manifest, fetch nothing")
    if not parser.parse_args().check:
        fetch()
    found = differences()
    print("\n".join(found) or "vendor files agree with their manifest")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
