"""Bringing in a real organisation: sheets of groups and office bearers in, a sheet of what stands out."""
