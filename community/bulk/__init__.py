"""Bulk work from a phone: many groups chosen at once, and what can be done with them."""
