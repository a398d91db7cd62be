"""What conditions can be true of: decided exactly on a bounded normal form, and beyond it not at all."""
