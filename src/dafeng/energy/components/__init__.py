"""One component = one small module that states its variables and its equations.

Nothing here knows a solver or another component; they meet only in the balance of a carrier.
"""
