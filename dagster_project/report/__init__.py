"""What people read: the closing table of a refresh, the state of the warehouse, explanations of a value or a target,
the data dictionary and the generated pages of docs/.
"""
