"""When: zones and their clock changes, windows and caps, and the solver that joins them."""
