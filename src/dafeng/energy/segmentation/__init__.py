"""Fewer steps for many hours: which neighbours are alike, networks and relaxed programmes over segments, sharper bounds.

Invariant: means over segments claim nothing; only sums of rows prove a bound, and that on the whole programme.
"""
