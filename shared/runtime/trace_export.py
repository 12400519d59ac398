"""Sends spans to a collector by OTLP, where the extra `otel` is installed and the operator says where to."""

from collections.abc import Callable

from opentelemetry import trace as otel

from shared.runtime.settings import ServiceSettings, SettingsError


def start_exporting(settings: ServiceSettings) -> Callable[[], None]:
    """Send the spans of this process from now on; gives what sends the last ones and stops.

    Without `traces_url` nothing is sent, and nothing of it is loaded. A collector that is away costs its spans and
    nothing else: they are sent from a thread of their own and dropped when they become too many. Credentials for it
    are in the SDK's own variable, OTEL_EXPORTER_OTLP_HEADERS.
    Raises SettingsError where the extra is missing.
    """
    if settings.traces_url is None:
        return _nothing
    try:
        # Not above: it is an extra, and its libraries are a third of a small process.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
        from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased  # noqa: PLC0415
    except ImportError as missing:
        raise SettingsError(
            f"CENTERLINE_TRACES_URL: needs the extra otel, of which {missing.name} is not installed"
        ) from None
    resource = Resource.create(
        {
            "service.namespace": "centerline",
            "service.name": f"centerline-{settings.service}",
            "service.version": settings.code_version,
            "deployment.environment.name": settings.env,
        }
    )
    provider = TracerProvider(resource=resource, sampler=ParentBased(TraceIdRatioBased(settings.traces_share)))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=settings.traces_url)))
    otel.set_tracer_provider(provider)
    return provider.shutdown


def _nothing() -> None:
    return
