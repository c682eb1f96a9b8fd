"""Today's news over everything a person is in."""
