"""How often a phone may ring: the pages on which that is seen and chosen, and who says that something is urgent."""
