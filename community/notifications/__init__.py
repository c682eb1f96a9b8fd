"""One announcement to one phone, and what became of it."""
