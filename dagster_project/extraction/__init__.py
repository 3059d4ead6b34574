"""Policy documents to targets: read, normalise, structure, recognise, resolve. No Dagster, no network, no ledger."""
