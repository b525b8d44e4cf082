"""What the libraries do, as tables of rows."""
