"""Accounting methods: definitions as data, one engine that evaluates them on facts and factors.

No method stands in code; what a regulator may change is a file under ``data/methods``.
"""
