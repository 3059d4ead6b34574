{{ indicator_mart(['large_class_share', 'pri_large_class_share', 'jun_large_class_share', 'super_large_class_share']) }}
