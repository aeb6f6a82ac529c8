"""What Prometheus reads from ``/metrics``."""

from collections.abc import Iterable

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

_LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The counters of one application; labels have few values, whatever clients send."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
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

    def stopped(self) -> None:
        """Note that no version serves any more."""
        self._ready.set(0)

    def request(self, path: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(path, str(status)).inc()
        self._seconds.labels(path).observe(seconds)

    def answered(self, version: str, count: int, warnings: Iterable[Remark]) -> None:
        """Count answered records and the fields that were unusual in them."""
        self._predictions.labels(version).inc(count)
        for warning in warnings:
            self._warnings.labels(warning.field).inc()

    def rejected(self, count: int) -> None:
        """Count records that were not answered because of what they hold."""
        self._rejected.inc(count)

    def text(self) -> bytes:
        """Return the exposition format."""
        return generate_latest(self.registry)
