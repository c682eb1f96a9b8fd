"""Several people on one phone: each behind a picture and six digits, and nothing of one in sight of another."""
