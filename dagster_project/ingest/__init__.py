"""Files to `raw.*` tables: finding, reading, checking against a contract, quarantine. No Dagster here, no formulas.

`contracts/` holds one data file a source; `contract.py` reads them and turns their rules into one SQL pass;
`files.py` finds input files, `sidecar.py` vouches for them, `readers.py` opens them (`limits.py` says how large they may
be, `office.py` looks through archives first), `mapping.py` puts other headings and values into the contract's words
(`companion.py` reads both YAML files), `load.py` runs it all. `template.py` and `mapping_proposal.py` help whoever fills
a file in.
"""
