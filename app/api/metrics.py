"""What is measured of a running service, for Prometheus. Labels are few: routes, statuses, relations; never words."""

from collections.abc import Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from app.api.bench import Bench
from app.archive import Archive
from app.store.errors import StoreError

# A time of creation beside every counter would double their number, and nobody asks for it.
disable_created_metrics()  # type: ignore[no-untyped-call]

REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
WORK_BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


class Metrics:
    """A registry of its own, so that two services in one process do not count for each other."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self.requests = Counter(
            "counterclaim_requests",
            "Requests that were answered",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self.seconds = Histogram(
            "counterclaim_request_seconds",
            "Seconds until an answer was whole",
            ["method", "route"],
            registry=self._registry,
            buckets=REQUEST_BUCKETS,
        )
        self.errors = Counter(
            "counterclaim_errors", "Answers from 500 up, by the error behind them", ["error"], registry=self._registry
        )
        self.models = Histogram(
            "counterclaim_model_work_seconds",
            "Seconds that the models worked for one request or article",
            registry=self._registry,
            buckets=WORK_BUCKETS,
        )

    def watch(self, archive: Archive, bench: Bench) -> None:
        """Also tells of these, as they are whenever it is asked."""
        self._registry.register(_Stored(archive))
        self._registry.register(_Working(bench))

    def exposed(self) -> bytes:
        """All of it, in the text format."""
        return generate_latest(self._registry)


class _Stored(Collector):
    """What the store holds. Where it cannot be read, that is told, and the rest of the metrics with it."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def describe(self) -> list[Metric]:
        """Nothing: the store is not asked before the metrics are."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Counts and sizes of this moment."""
        names = self._archive.models
        yield InfoMetricFamily(
            "counterclaim_models", "The models", value={"encoder": names.encoder, "judge": names.judge}
        )
        try:
            counts, sizes = self._archive.store.counts(), self._archive.store.size()
            jobs = self._archive.store.jobs.unfinished()
        except (StoreError, OSError):
            yield GaugeMetricFamily("counterclaim_store_up", "Whether the store can be read", value=0)
            return
        yield GaugeMetricFamily("counterclaim_store_up", "Whether the store can be read", value=1)
        yield GaugeMetricFamily("counterclaim_articles", "Articles stored", value=counts.articles)
        yield GaugeMetricFamily("counterclaim_claims", "Claims stored", value=counts.claims)
        yield GaugeMetricFamily("counterclaim_jobs_unfinished", "Jobs that have not ended", value=jobs)
        pairs = GaugeMetricFamily("counterclaim_findings", "Compared pairs stored, by relation", labels=["relation"])
        for relation, count in counts.findings.items():
            pairs.add_metric([relation], count)
        yield pairs
        on_disk = GaugeMetricFamily("counterclaim_store_bytes", "Size on the disk", labels=["part"])
        for part, size in sizes.items():
            on_disk.add_metric([part], size)
        yield on_disk


class _Working(Collector):
    """What the models do."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def describe(self) -> list[Metric]:
        """Nothing, as above."""
        return []

    def collect(self) -> Iterator[Metric]:
        """What waits, and how much is done."""
        yield GaugeMetricFamily(
            "counterclaim_model_work_waiting", "Requests and articles that wait for the models", self._bench.waiting()
        )
        yield GaugeMetricFamily(
            "counterclaim_model_silence_seconds",
            "How long the work at hand has given no sign of life",
            self._bench.quiet(),
        )
        done = CounterMetricFamily(
            "counterclaim_model_items",
            "What the models have read: articles (claims), texts (embedding), pairs (judging)",
            labels=["stage"],
        )
        for stage, count in self._bench.heard.items():
            done.add_metric([stage], count)
        yield done
