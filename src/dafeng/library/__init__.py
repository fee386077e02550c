"""Definitions: sources, factors, indicators, rules, and the strict files they are read from.

Nothing here computes an emission; everything a regulator may change is read here from files.
"""
