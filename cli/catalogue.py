"""The services and topics that the command line knows."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from services.console.app import SERVICE as CONSOLE
from services.liquidation.app import SERVICE as LIQUIDATION
from services.notifications.app import SERVICE as NOTIFICATIONS
from services.routing.app import SERVICE as ROUTING
from services.workqueue.app import SERVICE as WORKQUEUE
from shared.bus.dead_letters import dead_topic
from shared.bus.protocol import TopicSpec
from shared.runtime.service import Service

SERVICES: tuple[Service, ...] = (ROUTING, WORKQUEUE, LIQUIDATION, NOTIFICATIONS)
"""The services that read and publish events."""

EVERY_SERVICE: tuple[Service, ...] = (*SERVICES, CONSOLE)
"""All that run and have a database, in the order in which they start: the console shows what the others answer."""

_TOPICS_FILE = Path(__file__).resolve().parent.parent / "deploy" / "kafka" / "topics.yaml"


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """A topic with the groups that read it."""

    spec: TopicSpec
    readers: tuple[str, ...]


def find_service(name: str) -> Service:
    """The service of this name; raises `KeyError` when there is none."""
    return {service.name: service for service in SERVICES}[name]


@cache
def topic_plans() -> tuple[TopicPlan, ...]:
    """The topics of deploy/kafka/topics.yaml."""
    document = yaml.safe_load(_TOPICS_FILE.read_text(encoding="utf-8"))
    return tuple(
        TopicPlan(TopicSpec(row["name"], row["partitions"], row["retention_ms"]), tuple(row["readers"]))
        for row in document["topics"]
    )


@cache
def dead_letter_plan() -> TopicSpec:
    """How every dead-letter topic is made; its name says by which rule they are named."""
    dead = yaml.safe_load(_TOPICS_FILE.read_text(encoding="utf-8"))["dead_letters"]
    return TopicSpec(dead["name"], dead["partitions"], dead["retention_ms"])


def all_topics() -> list[TopicSpec]:
    """Every topic to ensure, dead-letter topics included."""
    dead = dead_letter_plan()
    specs = [plan.spec for plan in topic_plans()]
    for plan in topic_plans():
        specs.extend(
            TopicSpec(dead_topic(plan.spec.name, group), dead.partitions, dead.retention_ms) for group in plan.readers
        )
    return specs
