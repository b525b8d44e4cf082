"""Formulas, and what kinds a set of numbers allows."""
