"""Topics for bus tests: names of their own for each test, so that tests can share a broker."""

from itertools import count
from uuid import uuid4

from shared.bus.protocol import TopicSpec

_run = uuid4().hex[:8]
_numbers = count(1)


def fresh_topic(partitions: int = 4) -> TopicSpec:
    """A topic that nobody has used."""
    return TopicSpec(f"test-{_run}-{next(_numbers)}", partitions, 3_600_000)
