-- One row per region, year, stage and segment: what its units add up to, a column a measure.
{{ school_sums('int_school', 'u', unit_measures()) }}
