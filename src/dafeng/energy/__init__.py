"""A city's energy system hour by hour, and linear rows about a plan: compiled here, solved here, certified here.

Nothing leaves this package as a result unless its certificate, computed by ourselves in unscaled data, passes.
"""
