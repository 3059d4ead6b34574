-- One row per region, year, stage and segment: what its whole schools add up to, a column a measure.
{{ school_sums('int_school_site', 's', site_measures()) }}
