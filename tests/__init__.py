"""The tests: one folder per package of ``dafeng``, besides ``house`` (the rules of the house) and ``journeys``."""
