"""Errands: work that takes longer than a request, done by the outbox in batches, seen, stopped and undone by people."""
