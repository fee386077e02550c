"""One double-entry ledger for every right a city allots, trades, earns and retires.

Invariant: whole units only; nothing that was booked is changed, and what was booked can be booked again to the same state.
"""
