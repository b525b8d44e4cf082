"""Running a program on kinds instead of numbers."""
