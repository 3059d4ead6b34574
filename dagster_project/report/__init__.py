"""What people read in a terminal: the closing table, the state of the warehouse, an explanation of one value.

Only reads: the record of a refresh, and the served snapshot.
"""
