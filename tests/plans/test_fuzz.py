"""Broken text is read without an exception, in bounded time; ``python -m tools.fuzz_plans`` reads 100 000 sentences."""

from __future__ import annotations

import signal

import pytest

from dafeng.plans.read import read_plan_text
from tests.plans.conftest import document_of
from tests.plans.mutation import mutants

COUNT = 4000
PATIENCE = 300
"""Far beyond what reading takes: it only ends a test that would hang. [s]"""


@pytest.fixture
def patience():
    """Ends a test that hangs."""

    def stop(*_):
        raise TimeoutError("reading did not end")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(PATIENCE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize("seed", [1, 2])
def test_mutated_sentences_are_read(seed):
    for text in mutants(COUNT // 2, seed):
        document = document_of(text)
        plan = read_plan_text(document)
        assert all(0 <= target.figure[0] < target.figure[1] <= len(text) for target in plan.targets)


LONG = {
    "digits": "到2030年" + "1" * 100_000,
    "shares": "到2030年，" + "12.5%" * 20_000,
    "open brackets": "（" * 100_000,
    "pairs of brackets": "（）" * 50_000,
    "nested brackets": "（" * 20_000 + "2030年达到5%" + "）" * 20_000,
    "distribution": "到2030年，" + "分别达到5%、6%，" * 10_000,
    "uneven distribution": "到2030年，" + "风电、光伏、" * 20_000 + "装机分别达到" + "5万千瓦、" * 40_000,
    "numerals": "一二三四五六七八九十百千万亿" * 8_000,
    "years": "2025年、" * 20_000,
    "quotes": "“" * 100_000,
    "bookmarks": "[bookmark:" * 20_000,
    "pinyin": "aāaāaā" * 20_000,
    "bases": "从2020年约每人" * 10_000,
    "labels": "责任单位：" * 20_000,
    "organisations": "（市" + "发展改革委、" * 20_000 + "）",
    "wrapped lines": "到2030年非化石能源消费比重达到\n" * 8_000,
    "short lines": "风\n" * 15_000,
}


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize("name", LONG)
def test_long_runs_are_read_or_told(name):
    plan = read_plan_text(document_of(LONG[name]))
    assert plan.findings
