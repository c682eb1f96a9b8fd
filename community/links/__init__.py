"""Links in what people write: found and drawn in one place, with their real host; risky ones ask first."""
