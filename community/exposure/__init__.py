"""What gives a person away in a text: numbers that lead to her, where she lives. Told from the text alone."""
