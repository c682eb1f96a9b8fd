"""The community's list of categories, those that a group carries, and those that a person is in."""
