"""What may come onto a phone by itself, what a photo costs before it is fetched, and what was used."""
