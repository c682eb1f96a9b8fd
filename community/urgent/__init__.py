"""Urgent help: a button of its own, numbers to call, two trained people."""
