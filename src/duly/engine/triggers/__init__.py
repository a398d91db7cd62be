"""What starts a rule other than a single event, and what ends it while it waits."""
