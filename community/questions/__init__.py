"""Questions flow up: asked in a group, routed to responders, taken, answered, or moved up."""
