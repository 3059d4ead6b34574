{{ indicator_mart(['kg_public_share_children']) }}
