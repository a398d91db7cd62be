"""What one rule set means that another does not, rule by rule."""
