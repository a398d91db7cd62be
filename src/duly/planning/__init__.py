"""From a checked rule set to what the engine executes."""
