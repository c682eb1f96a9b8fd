"""How often a phone may ring: what is left of a person's day, and what a community may take of it."""
