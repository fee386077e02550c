"""Series that a user brings, from CSV and netCDF files, as hourly profiles of one year.

Invariant: nothing is shifted, dropped, averaged, converted or filled without a finding that says how much; what cannot
be told is refused.
"""
