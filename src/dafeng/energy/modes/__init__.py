"""Ways to use a network: segments of time, certified bounds, rolling windows, pathways, near-optimal alternatives.

Invariant: every mode works on any network and says how far its answer is from the optimum, or that it is the optimum.
"""
