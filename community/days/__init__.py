"""A person's day: what has rung on it, and whether there is room for more."""
