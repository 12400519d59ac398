"""docs/contracts/asyncapi.json: what the services read and publish, where, with an example of each message."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from cli.catalogue import TopicPlan
from shared.bus.protocol import TopicSpec
from shared.contracts.envelope import STRUCTURED_CONTENT_TYPE
from shared.contracts.registry import TOPICS, TopicContract

ASYNCAPI_VERSION: Final = "3.0.0"
CONTRACTS_VERSION: Final = "1.0.0"
_KAFKA_BINDING: Final = "0.5.0"
_HEADERS: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "content-type": {
            "type": "string",
            "description": f"{STRUCTURED_CONTENT_TYPE} in structured mode, application/json in binary mode.",
            "examples": [STRUCTURED_CONTENT_TYPE],
        },
        "traceparent": {
            "type": "string",
            "description": "W3C trace context of the sender; what follows from the event continues it.",
            "examples": ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"],
        },
        "ce_id": {"type": "string", "description": "In binary mode every attribute of the event stands in a header."},
    },
}


def asyncapi(plans: Sequence[TopicPlan], dead: TopicSpec, examples: Path) -> dict[str, Any]:
    """An AsyncAPI 3 document of the services; payloads point to the JSON Schemas beside it.

    `examples` holds one event for each topic. Raises `FileNotFoundError` for a topic without one.
    """
    return {
        "asyncapi": ASYNCAPI_VERSION,
        "info": {
            "title": "Centerline events",
            "version": CONTRACTS_VERSION,
            "description": "CloudEvents 1.0 as structured JSON (binary mode is accepted), keyed by subject. Written "
            "from the side of the services: they receive what filers send. Filers without Kafka: `POST /events`.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": STRUCTURED_CONTENT_TYPE,
        "servers": _servers(),
        "channels": {
            **{plan.spec.name: _channel(plan.spec) for plan in plans},
            "dead-letters": _dead_letters(plans, dead),
        },
        "operations": {
            **{
                f"send-{topic}": _sending(contract)
                for topic, contract in TOPICS.items()
                if contract.producer != "filers"
            },
            **{
                f"receive-{plan.spec.name}-{group}": _receiving(plan.spec.name, group)
                for plan in plans
                for group in plan.readers
            },
            "send-dead-letters": {
                "action": "send",
                "channel": {"$ref": "#/channels/dead-letters"},
                "summary": "What a reader refuses, whole and untouched, beside its row in the dead letters.",
            },
        },
        "components": {
            "messages": {
                **{topic: _message(contract, examples) for topic, contract in TOPICS.items()},
                "dead-letter": {
                    "name": "dead-letter",
                    "summary": "The message as it came: key, value and headers.",
                    "payload": {},
                },
            },
            "securitySchemes": {
                "scram": {"type": "scramSha512", "description": "SASL over TLS, a user for each filing system."},
                "certificate": {"type": "X509", "description": "Or a certificate for each filing system (mTLS)."},
            },
        },
    }


def _servers() -> dict[str, Any]:
    return {
        "production": {
            "host": "{brokers}",
            "protocol": "kafka-secure",
            "description": "Kafka 3.7 or newer, TLS only.",
            "variables": {"brokers": {"default": "kafka.example:9093", "description": "host:port of any broker"}},
            "security": [
                {"$ref": "#/components/securitySchemes/scram"},
                {"$ref": "#/components/securitySchemes/certificate"},
            ],
        },
        "development": {"host": "localhost:9092", "protocol": "kafka", "description": "docker compose, or a laptop."},
    }


def _channel(spec: TopicSpec) -> dict[str, Any]:
    return {
        "address": spec.name,
        "messages": {spec.name: {"$ref": f"#/components/messages/{spec.name}"}},
        "bindings": {"kafka": _topic_binding(spec)},
    }


def _dead_letters(plans: Sequence[TopicPlan], dead: TopicSpec) -> dict[str, Any]:
    groups = sorted({group for plan in plans for group in plan.readers})
    return {
        "address": dead.name,
        "parameters": {
            "topic": {"enum": [plan.spec.name for plan in plans if plan.readers], "description": "Where it was read."},
            "group": {"enum": groups, "description": "Who refused it."},
        },
        "messages": {"dead-letter": {"$ref": "#/components/messages/dead-letter"}},
        "bindings": {"kafka": {key: value for key, value in _topic_binding(dead).items() if key != "topic"}},
    }


def _topic_binding(spec: TopicSpec) -> dict[str, Any]:
    return {
        "topic": spec.name,
        "partitions": spec.partitions,
        "topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": spec.retention_ms},
        "bindingVersion": _KAFKA_BINDING,
    }


def _sending(contract: TopicContract) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{contract.topic}"},
        "summary": f"Published by {contract.producer}.",
    }


def _receiving(topic: str, group: str) -> dict[str, Any]:
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{topic}"},
        "summary": f"Read by {group}.",
        "bindings": {"kafka": {"groupId": {"type": "string", "enum": [group]}, "bindingVersion": _KAFKA_BINDING}},
    }


def _message(contract: TopicContract, examples: Path) -> dict[str, Any]:
    example = json.loads((examples / f"{contract.topic}.json").read_text(encoding="utf-8"))
    return {
        "name": contract.event_type,
        "summary": (contract.data.__doc__ or "").strip().splitlines()[0],
        "contentType": STRUCTURED_CONTENT_TYPE,
        "headers": _HEADERS,
        "correlationId": {"location": "$message.header#/traceparent"},
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": f"data.{contract.key_field}"},
                "bindingVersion": _KAFKA_BINDING,
            }
        },
        "payload": {"$ref": f"schemas/{contract.topic}.json"},
        "examples": [{"name": contract.topic, "payload": example}],
    }
