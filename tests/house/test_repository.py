"""The repository can be cloned anywhere: nothing in it belongs to one machine."""

from __future__ import annotations

import json
import os
import subprocess
import tomllib

import pytest

from tests.house import repository
from tests.house.tree import ROOT, keep
from tools import vendor

LOCKS = ["requirements.lock", "requirements-test.lock", "requirements-uv.lock", "requirements-benchmarks.lock"]


@pytest.fixture(scope="module")
def contents():
    return repository.texts()


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("pattern", [repository.MACHINE_PATH, repository.REGISTRIES], ids=["path", "registry"])
def test_no_file_names_a_path_of_a_machine_or_a_registry(contents, pattern):
    keep(f"{path.relative_to(ROOT)}:{line}" for path, text in contents.items() for line in repository.lines(text, pattern))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_versions_and_hashes_only(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert repository.unpinned(text) + repository.lines(text, repository.ADDRESS) == []


def test_both_locks_pin_the_same_versions():
    default, test = (
        {line for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if "==" in line} for name in LOCKS[:2]
    )
    assert default - test == set()


def test_no_lock_that_names_download_hosts_is_kept():
    assert [name for name in ("uv.lock", "package-lock.json", "poetry.lock") if (ROOT / name).exists()] == []


def test_the_version_stands_in_one_place(project, contents):
    version = project["project"]["version"]
    assert [path.name for path, text in contents.items() if path.suffix == ".py" and f'"{version}"' in text] == []


def test_copyleft_stays_out_of_the_default_installation(project):
    needed = {line.split(">")[0].split("[")[0] for line in project["project"]["dependencies"]}
    assert needed & {"psycopg", "docxtpl", "asyncua", "c104", "pymupdf", "pymrio"} == set()


@pytest.mark.parametrize("folder", vendor.SHELVES, ids=lambda folder: folder.parent.name)
def test_the_vendor_files_agree_with_their_manifest(folder):
    assert vendor.differences(folder) == []


def test_every_library_of_others_comes_with_its_licence():
    for folder in vendor.SHELVES:
        for entry in vendor.read_manifest(folder):
            assert entry["licence"]
            assert [file for file in entry["files"] if file["from"].startswith("LICENSE")], entry["name"]


def test_a_changed_vendor_file_is_seen(tmp_path):
    (tmp_path / "a.js").write_text("changed", encoding="utf-8")
    (tmp_path / "stray.js").write_text("", encoding="utf-8")
    files = [{"file": "a.js", "sha256": "0" * 64}, {"file": "gone.js", "sha256": "0" * 64}]
    (tmp_path / "manifest.json").write_text(json.dumps([{"name": "a", "files": files}]), encoding="utf-8")
    assert vendor.differences(tmp_path) == [
        "a.js: sha256 differs from the manifest",
        "gone.js: in the manifest, not in the folder",
        "stray.js: in the folder, not in the manifest",
    ]


@pytest.mark.parametrize("name", [".ci/run", "tools/setup.sh", "tools/browser.sh", "tools/lock.sh"])
def test_a_script_can_be_run_and_parsed(name):
    assert os.access(ROOT / name, os.X_OK)
    assert subprocess.run(["bash", "-n", ROOT / name], check=False).returncode == 0


@pytest.mark.parametrize("line", ["see /" + "root/x", "'/" + "tmp/y.txt'", "open(/" + "work/main/a.py)", "C: /" + "home/me"])
def test_a_path_of_a_machine_is_seen(line):
    assert repository.lines(line, repository.MACHINE_PATH)


@pytest.mark.parametrize("line", ["src/dafeng/work/judge.py", "{city}/work/x", "the folder /srv/dafeng", "a/tmp/b"])
def test_a_path_inside_the_repository_is_allowed(line):
    assert repository.lines(line, repository.MACHINE_PATH) == []


def test_a_registry_is_seen():
    assert repository.lines("from files.python" + "hosted.org", repository.REGISTRIES)


@pytest.mark.parametrize("line", ["numpy>=2", "numpy==2.4.6", "--index-url x", "-e .", "numpy @ file"])
def test_a_loose_line_of_a_lock_is_seen(line):
    assert repository.unpinned(line) == [line]
