"""From CPython's tree to the intermediate form."""
