"""Promises to do something after the request. Knows no noun: nouns register what they can be asked."""
