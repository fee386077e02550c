"""The command line: format and transport only.

Invariant: no arithmetic; every command calls one verb of ``dafeng`` and prints what it returns.
"""
