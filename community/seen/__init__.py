"""Who can see me, and what was done here by whom: power over people, where they can see it."""
