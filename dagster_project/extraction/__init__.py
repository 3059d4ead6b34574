"""Policy documents to candidate targets: pure functions, no Dagster, no network, the same output for the same bytes.

`document.py` is the shape everything here works on; `formats.py` opens files, `normalise.py` cleans their text,
`structure.py` finds numbering, tables and responsible units.
"""
