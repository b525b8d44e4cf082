"""The mistakes."""
