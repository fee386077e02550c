"""The jobs: the only place where the engines meet.

Invariant: one verb, one module; each takes what the verb before it returned and never writes upstream.
"""
