"""The published snapshot in the form other tools read: files, PostgreSQL, Superset; reads snapshots only."""
