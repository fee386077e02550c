"""The secret of a city: made once, for its owner only."""

from __future__ import annotations

import threading

import pytest

from dafeng.core.errors import StoreError
from dafeng.store.keys import read_key


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "records.key"
    first = read_key(path)
    assert (read_key(path), len(first), path.stat().st_mode & 0o777) == (first, 64, 0o600)


def test_an_open_key_is_closed(tmp_path):
    path = tmp_path / "records.key"
    read_key(path)
    path.chmod(0o644)
    read_key(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_many_at_once_get_one_key(tmp_path):
    path, keys = tmp_path / "records.key", []
    threads = [threading.Thread(target=lambda: keys.append(read_key(path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(keys), len(set(keys)), [one.name for one in tmp_path.iterdir()]) == (8, 1, ["records.key"])


def test_a_damaged_key_is_refused(tmp_path):
    path = tmp_path / "records.key"
    path.write_text("not a key", encoding="ascii")
    with pytest.raises(StoreError):
        read_key(path)
