"""What is known of the world: types, tracking plans, the prelude."""
