"""Everything that is held of a person, for her to take along."""
