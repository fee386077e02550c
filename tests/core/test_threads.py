"""A long sum has the same last digit on machines with other numbers of processors."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

LONG_SUM = """
import sys
from dafeng.core.threads import add_in_one_piece
add_in_one_piece()
import numpy as np
random = np.random.Generator(np.random.PCG64(1))
print(repr(float(random.random(1_000_003) @ random.random(1_000_003))))
"""
COMMAND = """
import os, sys
from dafeng.cli import main
main.app = lambda: print(os.environ["OPENBLAS_NUM_THREADS"], "numpy" in sys.modules)
main.main()
"""


def told(code: str, **more: str) -> str:
    """What a fresh process prints."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_THREADS")}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=kept | more
    ).stdout.strip()


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="needs a second processor")
def test_a_long_sum_is_the_same_with_one_processor_and_with_several():
    alone = "import os\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
    assert told(alone + LONG_SUM) == told(LONG_SUM)


def test_the_command_line_adds_in_one_piece_before_anything_is_summed():
    assert told(COMMAND) == "1 False"


def test_what_the_environment_says_stays():
    assert told(COMMAND, OPENBLAS_NUM_THREADS="2") == "2 False"
