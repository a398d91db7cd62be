"""Text to nodes and back; only this package knows Lark."""
