"""Kafka behind TLS, with a password or a certificate: against a broker that asks for them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from shared.bus.kafka import KafkaBus
from shared.bus.kafka_access import KafkaAccess
from shared.bus.protocol import Message, TopicSpec
from shared.runtime.errors import Transient
from tests.contract.test_bus_contract import Places, read
from tests.support.certificates import Authority
from tests.support.kafka_broker import Guards, KafkaBroker


@pytest.fixture(scope="module")
def authority(module_folder: Path) -> Authority:
    return Authority.found(module_folder / "kafka-certificates")


@pytest.fixture(scope="module")
def broker(module_folder: Path, authority: Authority) -> Iterator[KafkaBroker]:
    with KafkaBroker.start(module_folder / "guarded-kafka", guards=Guards(authority, "centerline", "hush")) as broker:
        yield broker


@pytest.fixture(scope="module")
def by_password(authority: Authority) -> KafkaAccess:
    return KafkaAccess(protocol="SASL_SSL", ca=authority.ca, username="centerline", password="hush")


@pytest.fixture(scope="module")
def by_certificate(authority: Authority) -> KafkaAccess:
    return KafkaAccess(protocol="SSL", ca=authority.ca, certificate=authority.issue("client"))


@pytest.mark.parametrize("by", ["by_password", "by_certificate"])
async def test_every_way_to_the_broker_is_guarded(request: pytest.FixtureRequest, broker: KafkaBroker, by: str) -> None:
    """Making topics, publishing, reading in a group, offsets and the watch each have connections of their own."""
    access: KafkaAccess = request.getfixturevalue(by)
    bus = KafkaBus(broker.guarded(access.protocol), access=access)
    topic = TopicSpec(f"guarded-{uuid4().hex[:8]}", partitions=2, retention_ms=3_600_000)
    try:
        assert await bus.ensure_topics([topic]) == [topic.name]
        await bus.publish([Message(topic.name, b"k", b"%d" % each, {}) for each in range(20)])
        subscription = await bus.subscribe("readers", [topic.name], Places().load)
        found = await read([subscription], 20)
        await subscription.close()
        assert [record.value for record in found] == [b"%d" % each for each in range(20)]
        assert sum((await bus.end_offsets([topic.name])).values()) == 20
        await bus.ping()
    finally:
        await bus.close()


async def test_who_is_not_let_in_waits_and_is_told_why(
    broker: KafkaBroker,
    by_password: KafkaAccess,
    by_certificate: KafkaAccess,
    module_folder: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An operator has to mend it, and nothing is given up meanwhile; the reason stands in the log."""
    stranger = Authority.found(module_folder / "strange-certificates")
    for access, reason in (
        (replace(by_password, password="hushed"), "invalid credentials"),
        (replace(by_password, ca=stranger.ca), "CERTIFICATE_VERIFY_FAILED"),
        (replace(by_certificate, certificate=None), "Unable connect"),
        (replace(by_certificate, certificate=stranger.issue("stranger")), "Unable connect"),
    ):
        bus = KafkaBus(broker.guarded(access.protocol), access=access)
        caplog.clear()
        with pytest.raises(Transient):
            await bus.ping()
        assert reason in caplog.text
        await bus.close()


def test_certificates_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    empty = tmp_path / "ca.pem"
    empty.write_text("nothing")
    with pytest.raises(ValueError, match=r"ca\.pem: no certificates"):
        KafkaBus("localhost:9092", access=KafkaAccess(protocol="SSL", ca=empty))
