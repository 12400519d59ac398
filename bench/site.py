"""Where measurements take place: a database server, a Kafka broker and folders of their own, gone afterwards."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.catalogue import EVERY_SERVICE
from shared.db import embedded
from shared.db.embedded import EmbeddedPostgres
from tests.support.kafka_broker import KafkaBroker


@dataclass(frozen=True, slots=True)
class Site:
    """A server and a broker for one run of measurements."""

    folder: Path
    server: EmbeddedPostgres
    kafka: str


@contextmanager
def open_site() -> Iterator[Site]:
    """Start both with the product's settings; stop and remove them after the block."""
    with open_server() as (folder, server):
        for name in ("bus", *(service.name for service in EVERY_SERVICE)):
            embedded.ensure_database(server, name)
        with KafkaBroker.start(folder / "kafka") as broker:
            yield Site(folder, server, broker.bootstrap)


@contextmanager
def open_server() -> Iterator[tuple[Path, EmbeddedPostgres]]:
    """Start a database server alone, for what needs no broker; stop and remove it after the block."""
    folder = Path(tempfile.mkdtemp(prefix="centerline-bench-"))
    folder.chmod(0o755)  # the database's own user must enter it
    try:
        server = embedded.start(folder / "postgres")
        try:
            yield folder, server
        finally:
            embedded.stop(server, mode="immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
