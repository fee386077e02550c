"""The set-up scripts say what is missing and fail where a missing part is a failure."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.house.tree import ROOT

NEEDED = ("bash", "grep", "find", "id", "dirname", "head", "rm", "mktemp", "tail")


@pytest.fixture
def bare_path(tmp_path):
    """A PATH with a shell's usual commands, and neither a browser nor a font tool."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in NEEDED:
        (folder / name).symlink_to(shutil.which(name))
    return str(folder)


def script(name, *, cwd, **environment):
    command = [shutil.which("bash"), ROOT / "tools" / name]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_a_missing_browser_is_said_in_both_languages(tmp_path, bare_path):
    done = script("browser.sh", cwd=tmp_path, PATH=bare_path, DAFENG_NO_APT="1")
    assert done.returncode == 0
    assert "浏览器测试缺少：chromium" in done.stderr
    assert "The browser test lacks: chromium" in done.stderr


def test_a_missing_browser_is_a_failure_under_ci(tmp_path, bare_path):
    done = script("browser.sh", cwd=tmp_path, PATH=bare_path, DAFENG_NO_APT="1", CI="true")
    assert done.returncode == 1


def test_an_old_python_is_refused_in_both_languages(tmp_path, bare_path):
    (tmp_path / "tools").mkdir()
    copied = shutil.copy(ROOT / "tools/setup.sh", tmp_path / "tools")
    command = [shutil.which("bash"), copied]
    done = subprocess.run(command, env={"PATH": bare_path, "PYTHON": "bash"}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "需要 Python 3.11" in done.stderr
    assert "Python 3.11 or newer is needed" in done.stderr


def test_a_missing_java_is_said_in_both_languages(tmp_path, bare_path):
    (tmp_path / "tools").mkdir()
    copied = shutil.copy(ROOT / "tools/java.sh", tmp_path / "tools")
    command = [shutil.which("bash"), copied]
    done = subprocess.run(command, env={"PATH": bare_path}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "没有 Java 17" in done.stderr
    assert "No Java 17 or newer" in done.stderr
