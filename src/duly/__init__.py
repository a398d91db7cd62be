"""duly decides whether to notify a user now, later or not, and why."""

__version__ = "0.1.0"
