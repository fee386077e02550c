"""Programmes in windows of time: when each column and row happens, cut, solved one after another, put together again.

Invariant: a window keeps every row of its steps whole; what was decided outside it moves to the row's bounds.
"""
