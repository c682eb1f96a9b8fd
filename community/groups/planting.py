"""A new group has been hung into the tree by somebody: what else comes with it is told to the rooms below."""

from blinker import signal

planted = signal("planted")  # sent with the Group, `by` whom, in the transaction that makes it
