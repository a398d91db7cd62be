"""What the compiled core is told by the Python code: rules and time zones, lowered to what it knows."""
