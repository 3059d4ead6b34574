"""A second computation of indicators and assessments, in plain Python and pandas, from the files and the definitions alone."""
