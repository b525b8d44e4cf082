"""What is new: which findings a change brings, and which were there before."""
