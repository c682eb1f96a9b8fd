"""Coming back after a phone is lost, and proving that it is she: refusals, roles given back, passkeys, her number."""
