"""Measures what Aangan promises of its weight: bytes on the wire, requests, CPU. `make bench` runs it all."""
