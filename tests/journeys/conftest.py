"""The day at school on Flask's test client, lived once for the folder's tests that only read."""
