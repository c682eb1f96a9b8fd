"""Search: groups one may see and people one leads, in any script and in Latin letters."""
