"""What people decide on candidates, and the one way anything is added to the ledger in `raw/targets/`.

`compare` sets a file beside the ledger, `decide` turns decisions into rows, `write` puts them down whole or not at all.
"""
