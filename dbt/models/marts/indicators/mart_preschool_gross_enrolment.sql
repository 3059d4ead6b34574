{{ indicator_mart(['kg_gross_enrol_rate']) }}
