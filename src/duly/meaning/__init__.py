"""What a checked rule set means."""
