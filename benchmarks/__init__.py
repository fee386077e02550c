"""Speed and memory of ``dafeng`` beside what one would take instead: ``python -m benchmarks [NAME] --json``.

One module per subject; a case registers itself by ``@case`` (``benchmarks.harness``).
"""
