"""Pathways: drivers, scenarios, peak year, decomposition and the consistency of a plan's targets.

Invariant: blind to every other engine; what it needs arrives as tables, and what it finds leaves as arrays
and linear rows that ``work`` hands on.
"""
