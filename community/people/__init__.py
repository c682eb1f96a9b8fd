"""Person, Phone, Session, Child: who someone is, and on which browser."""
