"""The general energy network: components over time steps and buses, built into one sparse programme.

Invariant: what an attribute means is that of PyPSA of the same name; nothing here solves or reads a file.
"""
