{{ indicator_mart(['teacher_qualified_rate', 'kg_teacher_college_rate', 'kg_heads_teachers_college_rate', 'pri_teacher_college_rate', 'pri_teacher_bachelor_rate', 'jun_teacher_bachelor_rate']) }}
