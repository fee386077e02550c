"""The process that works on a city's jobs, seen from outside: whether there is one, how it is begun and stopped.

Invariant: a process is killed only while the lock of ``jobs`` is held, so that the number it wrote down is its own, and only
while the records are being written, so that the job it wrote down is the one it is at.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from dafeng.core.errors import StoreError
from dafeng.store.files import lock, seal, unseal, write_whole
from dafeng.work.city import City

FOLDER = "jobs"
"""Folder of a city with the progress of its jobs and the lock of whoever works on them."""
WORK = "work.json"
"""File with the process that works, and the job that it is at."""
GONE = 5.0
"""How long a cancelled process is waited for. [s]"""


def is_busy(city: City) -> bool:
    """Whether a process works on the city's jobs now.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    bool
        True while its lock is held.
    """
    folder = city.folder / FOLDER
    if not folder.is_dir():
        return False
    try:
        with lock(folder, patience=0.0):
            return False
    except StoreError:
        return True


def launch(city: City) -> subprocess.Popen[bytes]:
    """Begin a process that works off what waits; where one does already, it ends at once.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    subprocess.Popen
        The process; it outlives this one.
    """
    folder = city.folder / FOLDER
    folder.mkdir(exist_ok=True)
    with (folder / "work.log").open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "dafeng.work.job_process", str(city.folder.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    threading.Thread(target=process.wait, name="reaper", daemon=True).start()  # no dead entry stays in the process table
    return process


def note_work(city: City, id: str) -> None:
    """Write down what this process works on; it holds the lock, and writes the records where it begins a job.

    Parameters
    ----------
    city : City
        The city.
    id : str
        Id of the job; empty before the first.
    """
    write_whole(city.folder / FOLDER / WORK, seal({"process": os.getpid(), "job": id}))


def stop(city: City, id: str) -> None:
    """Kill the process of a job and its companions, if it is at that job; a kill leaves the city as before or after.

    Parameters
    ----------
    city : City
        The city; its records are being written, so that its process cannot go on to the next job.
    id : str
        Id of the job.
    """
    work = _work(city)
    if work.get("job") != id or not is_busy(city):
        return
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(int(work["process"]), signal.SIGKILL)
        else:
            os.kill(int(work["process"]), signal.SIGTERM)


def wait_for(city: City, id: str) -> None:
    """Wait until nothing works on a job that was cancelled.

    Parameters
    ----------
    city : City
        The city.
    id : str
        Id of the job.
    """
    until = time.monotonic() + GONE
    while _work(city).get("job") == id and is_busy(city) and time.monotonic() < until:
        time.sleep(0.05)


def _work(city: City) -> Mapping[str, Any]:
    path = city.folder / FOLDER / WORK
    return unseal(path) if path.is_file() else {}
