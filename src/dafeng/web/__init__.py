"""The cockpit: pages, explanations and a small API over the view document, and its frozen copy.

Invariant: nothing in here computes a figure; pages format what the view document and the traces hold.
"""
