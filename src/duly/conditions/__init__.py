"""Conditions and values, one file per kind: meaning and truth."""
