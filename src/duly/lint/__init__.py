"""What is unwise in a rule set that is not wrong: one file for each lint rule."""
