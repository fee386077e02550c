"""Files that are whole or not there, and the lock of a folder."""

from __future__ import annotations

import threading

import pytest

from dafeng.core.errors import StoreError
from dafeng.store.files import check_file, hash_bytes, hash_file, hash_tree, lock, seal, unseal, write_whole


def test_the_hash_of_nothing_is_the_published_one():
    # FIPS 180-4, SHA-256 of the empty message.
    assert hash_bytes(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_file_has_the_hash_of_its_bytes(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 3_000_000)
    assert hash_file(tmp_path / "a") == hash_bytes(b"x" * 3_000_000)


def test_the_hash_of_a_tree_ignores_the_order_of_keys():
    assert hash_tree({"a": 1, "b": {"c": 2, "d": 3}}) == hash_tree({"b": {"d": 3, "c": 2}, "a": 1})


def test_writing_replaces_the_whole_file(tmp_path):
    for content in (b"long" * 1000, b"short"):
        write_whole(tmp_path / "a", content)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"short")]


def test_a_sealed_text_is_read_back(tmp_path):
    (tmp_path / "a").write_bytes(seal({"名": [1, "二", None]}))
    assert unseal(tmp_path / "a") == {"名": [1, "二", None]}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"body": {}}',
        b'{"sha256": "0", "body": {}}',
        b'{"sha256": 1, "body": []}',
        b"[" * 99_999,
    ],
)
def test_a_text_that_was_not_sealed_is_refused_by_name(tmp_path, content):
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(StoreError, match=r"manifest\.json"):
        unseal(tmp_path / "manifest.json")


def test_every_changed_byte_of_the_content_is_noticed(tmp_path):
    sealed = seal({"lots": [{"id": "abc", "facts": 12}]})
    undetected = [number for number in range(len(sealed)) if not is_noticed(tmp_path / "a", flip(sealed, number))]
    # Only white space between the words may change without a change of content.
    assert [bytes([sealed[number]]).isspace() for number in undetected] == [True] * len(undetected)


def flip(content, number):
    """The content with one byte turned into another letter, digit or sign."""
    other = b"\t" if content[number : number + 1].isspace() else bytes([content[number] ^ 1])
    return content[:number] + other + content[number + 1 :]


def is_noticed(path, content):
    path.write_bytes(content)
    try:
        unseal(path)
    except StoreError:
        return True
    return False


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(StoreError, match=r"part\.parquet"):
        check_file(tmp_path / "part.parquet", "0" * 64)


def test_a_changed_file_is_refused_after_it_was_found_well(tmp_path):
    path = tmp_path / "part.parquet"
    path.write_bytes(b"good")
    check_file(path, hash_bytes(b"good"))
    path.write_bytes(b"evil!")
    with pytest.raises(StoreError, match="5 bytes"):
        check_file(path, hash_bytes(b"good"))


def test_a_lock_makes_its_folder(tmp_path):
    with lock(tmp_path / "new" / "folder"):
        assert (tmp_path / "new" / "folder").is_dir()


def test_a_held_lock_keeps_another_writer_out(tmp_path):
    with lock(tmp_path), pytest.raises(StoreError, match="cannot become the writer"), lock(tmp_path, patience=0.0):
        pass


def test_a_lock_is_free_after_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), lock(tmp_path):
        raise ZeroDivisionError
    with lock(tmp_path, patience=0.0):
        assert tmp_path.is_dir()


def test_a_lock_keeps_threads_apart(tmp_path):
    seen: list[int] = []

    def count():
        for _ in range(20):
            with lock(tmp_path):
                seen.append(len(seen))

    threads = [threading.Thread(target=count) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == list(range(60))


def test_a_folder_that_is_a_file_cannot_be_locked(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="cannot become the writer"), lock(tmp_path / "file"):
        pass
