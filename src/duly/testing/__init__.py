"""`test` blocks: read, run against an engine whose clock stands in the script, and reported."""
