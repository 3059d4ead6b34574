"""One refresh: its steps, the lock that makes it the only one, and the record it leaves. No Dagster here:
assets and commands call these steps, so both do the same.
"""
