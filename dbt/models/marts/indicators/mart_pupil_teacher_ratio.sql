{{ indicator_mart(['pri_pupils_per_teacher', 'jun_pupils_per_teacher', 'sen_pupils_per_teacher']) }}
