"""A keeper of promises in a process of its own, which kills itself at the moment that its argument names.

`claimed`: the lease is committed, nothing is done. `done`: the work is done, not committed. `never`: it lives on.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from app import create_app
from community.outbox import embedded
from community.outbox.models import Outbox


def die(*_arguments: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


if sys.argv[1] == "claimed":
    embedded.run_batch = die
if sys.argv[1] == "done":
    Outbox.finish = die  # type: ignore[method-assign]
embedded.Keeper(create_app()).run()
