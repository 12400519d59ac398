"""What tells one refused message from another."""

import pytest

from shared.bus.protocol import Record
from shared.bus.refusals import read_refusal
from shared.contracts.decode import Rejection

REJECTION = Rejection("missing-attribute", "id: nothing came")


def told_apart_by(value: bytes | None, key: bytes | None = b"8CG07059404", offset: int = 1) -> tuple[str, str, str]:
    return read_refusal(Record("entry-filed", 0, offset, key, value, {}), REJECTION).told_apart_by


@pytest.mark.parametrize("value", [None, b"", b"not JSON", b'{"specversion": "1.0"}'])
def test_message_without_id_is_the_same_wherever_it_stands_in_the_log(value: bytes | None) -> None:
    assert told_apart_by(value, offset=1) == told_apart_by(value, offset=77)


def test_messages_without_id_are_told_apart_by_key_and_value() -> None:
    sent = [(b"a", b"bc"), (b"ab", b"c"), (b"a", b"b"), (None, b"abc"), (b"abc", None)]
    assert len({told_apart_by(value, key) for key, value in sent}) == len(sent)


def test_message_with_an_id_is_told_apart_by_source_id_and_code() -> None:
    value = b'{"source": "urn:filer:8CG", "id": "7"}'
    assert told_apart_by(value) == ("urn:filer:8CG", "7", "missing-attribute")
