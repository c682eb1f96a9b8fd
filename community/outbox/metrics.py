"""What Prometheus reads, counted at each reading; the only file that knows its client. No label names anybody."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from community.outbox.standing import STATES, figures, standings

MIMETYPE = "text/plain; version=0.0.4; charset=utf-8"


class _Promises(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        count = GaugeMetricFamily("aangan_outbox_promises", "Promises not yet kept.", labels=["kind", "state"])
        oldest = GaugeMetricFamily(
            "aangan_outbox_oldest_seconds", "How long the oldest promise that is due has waited.", labels=["kind"]
        )
        for one in standings():
            oldest.add_metric([one.kind], one.age.total_seconds())
            for state in STATES:
                count.add_metric([one.kind, state], getattr(one, state))
        return iter((count, oldest, *(GaugeMetricFamily(one.name, one.help, one.value) for one in figures())))


def reading() -> bytes:
    """The gauges as they are now, in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Promises())
    return generate_latest(registry)
