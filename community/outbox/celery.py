"""The Celery back end, and the only file that knows Celery: `celery -A community.outbox.celery worker`.

A message carries the number of a promise and nothing else. The promise is the row; the message only says where to
look, so it may be lost, doubled or late. Messages carry no time of their own: what waits, waits in the table.
There are two queues: what people wait for is in the first, which `worker -Q first` serves alone.
"""

import functools
import os
import secrets
import sys
from typing import Any

from celery import Celery
from celery.signals import worker_init, worker_process_init
from flask import Flask
from flask.cli import ScriptInfo
from kombu.exceptions import OperationalError

from community import config, database
from community.database import db, writing
from community.outbox.batch import run_batch
from community.outbox.models import FIRST, Outbox
from community.outbox.relay import BrokerAway

TASK = "keep"
QUEUES = ("first", "later")
PROMPTLY = {"max_retries": 2, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2}
SECONDS = 5  # that a broker may be silent before it counts as away


def _made(url: str) -> Celery:
    made = Celery("aangan", broker=url)
    made.conf.update(
        task_queues={name: {"exchange": name, "routing_key": name} for name in QUEUES},
        task_default_queue=QUEUES[0],
        task_acks_late=True,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_send_task_events=False,
        broker_connection_timeout=SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # a worker waits for its broker for ever
        broker_transport_options=_patience(url),
    )
    return made


def _patience(url: str) -> dict[str, Any]:
    """Redis is asked with a time-out, and for the first queue first; RabbitMQ has ways of its own."""
    if not url.startswith(("redis", "unix")):
        return {}
    return {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS, "queue_order_strategy": "sorted"}


celery = _made(config.settings()["BROKER_URL"])


def publish(number: int, rank: int) -> None:
    """Call out one promise. Raises BrokerAway where the broker does not take it."""
    queue = QUEUES[rank > FIRST]
    try:
        celery.send_task(TASK, (number,), queue=queue, retry=True, retry_policy=PROMPTLY)
    except (OperationalError, OSError) as error:
        raise BrokerAway from error


@celery.task(name=TASK)
def keep(number: int) -> bool:
    """Keep this promise, if it is still to be kept and nobody else's; True where it was kept for good."""
    worker = f"celery-{os.getpid()}-{secrets.token_hex(4)}"
    with _app().app_context():
        with writing():
            row = Outbox.take_over(number, worker)
            db.session.commit()
        return row is not None and run_batch(row, worker)


@functools.cache
def _app() -> Flask:
    """What `flask` itself would run here: FLASK_APP, or app.py in this folder."""
    return ScriptInfo(os.environ.get("FLASK_APP")).load_app()


@worker_init.connect
def _begin(**_more: Any) -> None:
    """Load once, before the processes fork; leave a database alone that is not at head."""
    if database.age(_app()) != "head":
        sys.exit("The database is not of the age of this code. Run: make migrate")
    _let_go()


@worker_process_init.connect
def _forked(**_more: Any) -> None:
    """Connections belong to the process that opened them."""
    with _app().app_context():
        db.engine.dispose(close=False)


def _let_go() -> None:
    with _app().app_context():
        db.engine.dispose()
