{{ indicator_mart(['migrant_children_share', 'migrant_public_share', 'migrant_in_public_share']) }}
