"""Leaving a phone for good: what a person has there besides her session ends with it."""

from blinker import signal

from community.people.models import Session

signed_out = signal("signed out")  # sent with the Session, in the transaction that ends it


def leave(own: Session) -> None:
    """End the session and tell the others. Where somebody else only signs in, `Session.end` alone is right."""
    own.end()
    signed_out.send(own)
