"""What stands between a programme and a solver: reducing, chaining, the solvers themselves, watching them.

Invariant: everything here hands back points and multipliers of the programme as it was given; nothing here judges them.
"""
