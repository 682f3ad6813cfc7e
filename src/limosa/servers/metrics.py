"""Prometheus metrics, on an address of their own that is not public."""

from collections.abc import Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector


class MetricsFault(Exception):
    """The address for metrics can't be used; the text says which and why."""


def show_metrics(address: tuple[str, int], *collectors: Collector) -> None:
    """Serve only these, in a thread. Raises MetricsFault."""
    registry = CollectorRegistry()
    for collector in collectors:
        registry.register(collector)
    host, port = address
    try:
        start_http_server(port, host, registry)
    except OSError as error:
        raise MetricsFault(f"No metrics at {host}, port {port}: {error.strerror}.") from error


def show_metrics_of_processes(address: tuple[str, int], folder: Path) -> None:
    """Serve the sums over all processes that this one starts.

    folder: the value of PROMETHEUS_MULTIPROC_DIR before prometheus_client was first imported; each
    process keeps its numbers in a file there. Raises MetricsFault.
    """
    show_metrics(address, _Living(folder))


class _Living(Collector):
    """The processes' metrics; gauges of those that have ended do not count."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._all = MultiProcessCollector(CollectorRegistry(), str(folder))  # type: ignore[no-untyped-call]

    def collect(self) -> Iterable[Metric]:
        """Return the current sums."""
        for file in self._folder.glob("gauge_live*_*.db"):
            pid = int(file.stem.rpartition("_")[2])
            if not Path(f"/proc/{pid}").exists():
                mark_process_dead(pid, str(self._folder))  # type: ignore[no-untyped-call]
        found: Iterable[Metric] = self._all.collect()  # type: ignore[no-untyped-call]
        return found
