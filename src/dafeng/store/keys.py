"""The secret with which a city's server signs what it gives to browsers.

Invariant: it lies in the city's own folder, readable by its owner only; it is made once, whole, by whoever needs it first.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from dafeng.store.files import damaged

DIGITS = 64
"""Length of a key. [hexadecimal digits]"""


def read_key(path: Path) -> str:
    """Secret of a city; made where there is none.

    Parameters
    ----------
    path : Path
        Its file.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    StoreError
        If the file holds something else.
    """
    _make(path)
    if os.name != "nt" and path.stat().st_mode & 0o077:
        path.chmod(0o600)
    key = path.read_text(encoding="ascii", errors="replace").strip()
    if len(key) != DIGITS or set(key) - set("0123456789abcdef"):
        raise damaged(path, f"{len(key)} characters")
    return key


def _make(path: Path) -> None:
    """Write to a file of its own first, then give it the name unless somebody was faster."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, secrets.token_hex(DIGITS // 2).encode())
        os.fsync(descriptor)
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        os.close(descriptor)
        draft.unlink()
