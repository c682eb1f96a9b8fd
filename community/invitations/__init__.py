"""Ways in: a link, a QR, digits said aloud; and the wish to come in."""
