{{ indicator_mart(['sen_gross_enrol_rate']) }}
