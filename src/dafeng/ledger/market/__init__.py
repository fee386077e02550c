"""Markets for the rights of a ledger: sealed auction, agreement, and a continuous order book.

Invariant: trading decides who gets what at which price and moves nothing; what it decided is delivered against payment in
one linked group of the ledger, once.
"""
