"""A community comes below a group of another one, for good or back again."""
