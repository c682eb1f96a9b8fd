"""Aangan by noun. docs/ARCHITECTURE.md is the map; imports go one way, in the order it lists."""
