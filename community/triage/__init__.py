"""Which groups need a reply, attention or help now: counters and pictures."""
