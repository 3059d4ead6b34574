"""A second computation of indicators and assessments, in plain Python, from the files and the definitions alone."""
