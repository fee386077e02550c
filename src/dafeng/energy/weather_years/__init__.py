"""Weather years of a coast and the hourly profiles made from them, many years in one call, without internet.

Invariant: whatever leaves this package says whether it is measured, derived or synthetic, and on what it rests.
"""
