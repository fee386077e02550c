"""Carbon inclusion (碳普惠): what persons and organisations save is counted, rewarded and certified.

Invariant: the same evidence is counted once, whoever brings it and however often; identities never enter the ledger.
"""
