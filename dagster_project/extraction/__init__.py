"""Policy documents to candidate targets: pure functions, no Dagster, no network, the same output for the same bytes.

`document.py` is the shape everything here works on; `formats.py` opens files (`confined.py` bounds the reading of a PDF), `normalise.py` cleans their text,
`structure.py` finds numbering, tables and responsible units. `extract.py` is the way through: `recognise.py` reads
clauses (with `runs.py`, `quantities.py`, `measures.py`, `subjects.py`, `statements.py`, `implied.py`, `tables.py`),
`facts.py` tells what is past, `periods.py`, `places.py` and `plans.py` whose and when, `words.py` holds vocabulary,
`resolve.py` finds codes; `candidate.py` is what comes out. `reconcile.py` sets candidates beside the ledger,
`proposal.py` makes ledger rows of them.
"""
