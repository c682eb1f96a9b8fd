"""An announcement in the languages of its people: which are missing, who could say it, what was said, what goes out."""
