"""What Prometheus reads from ``/metrics``."""

from collections.abc import Callable, Iterable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from runtime.checks import Remark
from runtime.manifest import Manifest

_BATCH_BUCKETS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The counters of one application; labels have few values, whatever clients send."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._by_request: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        self._by_version: dict[str, Counter] = {}
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "model_requests_total",
            "Requests by route and status.",
            ("path", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "model_request_seconds",
            "Time to answer a request.",
            ("path",),
            buckets=_LATENCY_BUCKETS,
            registry=self.registry,
        )
        self._predictions = Counter(
            "model_predictions_total",
            "Records answered.",
            ("version",),
            registry=self.registry,
        )
        self._warnings = Counter(
            "model_input_warnings_total",
            "Values that training never saw, by field.",
            ("field",),
            registry=self.registry,
        )
        self._rejected = Counter(
            "model_records_rejected_total",
            "Records that the schema does not allow.",
            registry=self.registry,
        )
        self._batches = Histogram(
            "model_batch_records",
            "Records of different requests that the model answered in one call.",
            buckets=_BATCH_BUCKETS,
            registry=self.registry,
        )
        self._at_once = Counter(
            "model_kernel_answers_total",
            "Records that the row kernel answered; the others went through the pipeline.",
            registry=self.registry,
        )
        self._waiting = Gauge(
            "model_queue_records",
            "Records and batch requests that wait for the model.",
            registry=self.registry,
        )
        self._switch_failures = Counter(
            "model_switch_failures_total",
            "Versions that were to serve and could not be loaded.",
            registry=self.registry,
        )
        self._ready = Gauge("model_ready", "1 while a version serves.", registry=self.registry)
        self._info = Gauge(
            "model_info",
            "The version that serves.",
            ("name", "version", "artifact_digest"),
            registry=self.registry,
        )

    def serving(self, manifest: Manifest) -> None:
        """Note the version that serves from now on."""
        self._info.clear()
        self._info.labels(manifest.name, manifest.version, manifest.artifact_digest).set(1)
        self._ready.set(1)

    def switch_failed(self) -> None:
        """Count a version that was to serve and could not be loaded."""
        self._switch_failures.inc()

    def stopped(self) -> None:
        """Note that no version serves any more."""
        self._ready.set(0)

    def batch(self, size: int) -> None:
        """Note how many records the model answers in one call."""
        self._batches.observe(size)

    def at_once(self) -> None:
        """Count a record that the row kernel answered."""
        self._at_once.inc()

    def watch_queue(self, waiting: Callable[[], int]) -> None:
        """Read the length of the queue whenever the metrics are read."""
        self._waiting.set_function(waiting)

    def request(self, path: str, status: int, seconds: float) -> None:
        """Count one request."""
        found = self._by_request.get((path, status))
        if found is None:
            # Looking a series up by its labels costs as much as all the rest of counting.
            found = (self._requests.labels(path, str(status)), self._seconds.labels(path))
            self._by_request[path, status] = found
        found[0].inc()
        found[1].observe(seconds)

    def answered(self, version: str, count: int, warnings: Iterable[Remark]) -> None:
        """Count answered records and the fields that were unusual in them."""
        counter = self._by_version.get(version)
        if counter is None:
            counter = self._by_version[version] = self._predictions.labels(version)
        counter.inc(count)
        for warning in warnings:
            self._warnings.labels(warning.field).inc()

    def rejected(self, count: int) -> None:
        """Count records that were not answered because of what they hold."""
        self._rejected.inc(count)

    def text(self) -> bytes:
        """Return the exposition format."""
        return generate_latest(self.registry)
