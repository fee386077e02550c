"""The words everything else is said in: labels, units, periods, places, sources, tables, findings, traces, errors.

Nothing in here knows a domain rule; nothing in here imports another layer of ``dafeng``.
"""
