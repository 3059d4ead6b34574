{{ indicator_mart(['nine_year_retention']) }}
