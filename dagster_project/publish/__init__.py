"""From a checked build file to the snapshot readers see: gates, snapshots, the pointer. Nothing here computes or checks data."""
