"""Repairs: what a rule proposes, worked out as changes of the text."""
