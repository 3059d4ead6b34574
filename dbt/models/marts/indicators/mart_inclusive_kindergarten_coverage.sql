{{ indicator_mart(['kg_inclusive_coverage']) }}
