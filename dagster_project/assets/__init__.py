"""Assets, one module a layer: `raw` (a source each), `models` (a dbt model each), `history` (what changed and what was
ever published), `snapshot` (what readers see).

Thin: they call the steps of a refresh and tell Dagster what came of it.
"""

OWNERS = ["team:education-data"]
