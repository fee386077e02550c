"""What is kept: facts as Parquet lots, runs as folders, records in SQL, and the engine that asks them questions.

Nothing that was stored is edited: a fact is superseded, a run is written once, an audit entry is chained to the
one before. This package imports nothing heavy; take what you need from its modules.
"""
