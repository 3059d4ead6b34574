"""A build beside what was published before it: what changed and why, what drifted, and what was known on which date.

Set-based SQL over both files, the older one attached read-only as `before`. No Dagster, nothing about files and pointers.
"""
