"""Rules held on what is built: Great Expectations on a DuckDB file, and the lint that keeps models portable.

Here lives what must know Great Expectations, its SQLAlchemy dialect, or SQL as text. What does not: the
suites themselves (data files in `expectations/`), rules on files before loading (`ingest`), relations and
sums (dbt tests), and Dagster checks, which only wrap results. Nothing here writes to the warehouse.
"""
