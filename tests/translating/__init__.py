"""What is translated, by whom, and who hears of it."""
