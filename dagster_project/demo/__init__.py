"""Synthetic counties: school records, county facts and judgements made from a seed, for trying and testing the warehouse.

Pure functions of their arguments; only `write` touches files. Nothing here knows the models that read the result.
"""
