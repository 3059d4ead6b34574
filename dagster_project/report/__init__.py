"""What people read: the closing table of a refresh, the state of the warehouse, explanations of a value or a target, a
county's assessments, the data dictionary and the generated pages of docs/.
"""
