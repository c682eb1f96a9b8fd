"""Looking after many groups by counts alone: what is counted, how it stays right, which groups need a human."""
