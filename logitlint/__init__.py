"""Finds tensors that hold one kind of number and are used as another."""

__version__ = "0.1.0"
