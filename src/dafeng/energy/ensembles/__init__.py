"""Ensembles: many cities, scenarios and weather years operated on processes or a cluster, resumable, as Parquet."""
