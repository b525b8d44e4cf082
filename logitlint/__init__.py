"""Finds tensors that hold one kind of number and are used as another."""
