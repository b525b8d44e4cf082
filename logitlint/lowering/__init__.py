"""From LibCST to the intermediate form."""
