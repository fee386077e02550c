"""In and out of other tools: PyPSA networks as objects and files, tables for scenario comparison.

Invariant: what is not modelled is refused by name, never dropped silently.
"""
