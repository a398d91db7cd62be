"""What the compiled core, `duly._native`, is told: plans in the form it takes them."""
