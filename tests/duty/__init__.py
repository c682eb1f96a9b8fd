"""What is reported, who looks at it, and what becomes of it."""
