"""The process that works on a city's jobs, seen from outside: whether there is one, how it is begun and stopped.

Invariant: a process is stopped only while the lock of ``jobs`` is held, so that the number it wrote down is its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

from dafeng.core.errors import StoreError
from dafeng.store.files import lock
from dafeng.work.city import City
from dafeng.work.job_progress import read_progress

FOLDER = "jobs"
"""Folder of a city with the progress of its jobs and the lock of whoever works on them."""
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


def stop(city: City, id: str) -> None:
    """Kill the process of a job and its companions; a kill leaves the city as before or after.

    Parameters
    ----------
    city : City
        The city.
    id : str
        Id of the job.
    """
    progress = read_progress(city.folder / FOLDER, id)
    if progress is None or not is_busy(city):
        return
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(progress.process, signal.SIGKILL)
        else:
            os.kill(progress.process, signal.SIGTERM)
    until = time.monotonic() + GONE
    while is_busy(city) and time.monotonic() < until:
        time.sleep(0.05)
