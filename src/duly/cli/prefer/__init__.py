"""What `duly prefer` is made of."""
