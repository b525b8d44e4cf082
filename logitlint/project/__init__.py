"""Which file a name means."""
