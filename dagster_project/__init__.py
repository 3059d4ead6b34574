"""The warehouse's Python: one file or folder per Dagster noun, and plain packages beside them.

`assets/`, `checks.py`, `jobs.py`, `schedules.py`, `sensors.py`, `hooks.py`, `resources.py` and `definitions.py`
are thin wiring. What they call lives in packages that never import Dagster: `ingest/` (files to raw tables),
`transform/` (dbt in this process), `quality/` (expectations), `publish/` (snapshots), `report/` (what people read).
No formula lives in Python: those are rows of `raw/reference/` and models of `dbt/`.
"""

__version__ = "0.1.0"
