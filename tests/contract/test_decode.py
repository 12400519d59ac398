"""Bytes from the bus: what is taken, and with which reason the rest is refused."""

import gzip
import json
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest

from shared.contracts.content import digest_content
from shared.contracts.decode import Rejection, decode
from tests.support.events import FUTURE_WORD, cloud_event, entry_body, entry_number, line, released_body

SAMPLES = Path(__file__).parents[2] / "samples"
LIMIT = 524_288


def refused_samples() -> list[dict[str, str]]:
    with (SAMPLES / "refused.jsonl").open(encoding="utf-8") as file:
        return [json.loads(text) for text in file]


@pytest.mark.parametrize(
    "row", refused_samples(), ids=[f"{n}-{row['why']}" for n, row in enumerate(refused_samples(), start=1)]
)
def test_each_sample_gets_the_outcome_that_its_line_names(row: dict[str, str]) -> None:
    result = decode(row["topic"], row["key"].encode(), row["raw"].encode(), {}, LIMIT)
    if row["outcome"] == "dead-letter":
        assert isinstance(result, Rejection)
        assert result.reason == row["why"]
        assert len(result.detail) > 20, "a filer must be able to act on it"
    else:
        assert not isinstance(result, Rejection)


def test_all_sample_events_are_taken() -> None:
    with gzip.open(SAMPLES / "events.jsonl.gz", "rb") as file:
        for text in file:
            row = orjson.loads(text)
            result = decode(row["topic"], row["key"].encode(), orjson.dumps(row["event"]), {}, LIMIT)
            assert not isinstance(result, Rejection), result


def filing_body(kind: str) -> dict[str, Any]:
    return {
        "filing_number": "F-1",
        "kind": kind,
        "importer_number": "07-345678900",
        "filed_by": {"role": "importer", "id": "07-345678900"},
        "received_at": "2026-09-01T15:00:00Z",
    }


def refuse(topic: str, event: object, headers: dict[str, bytes] | None = None, key: bytes | None = None) -> Rejection:
    value = event if isinstance(event, bytes) else orjson.dumps(event)
    result = decode(topic, key, value, headers or {}, LIMIT)
    assert isinstance(result, Rejection)
    return result


def test_binary_mode_is_taken() -> None:
    body = released_body(entry_number())
    event = cloud_event("entry-released", body)
    headers = {
        f"ce_{name}": str(value).encode() for name, value in event.items() if name not in {"data", "datacontenttype"}
    }
    headers["content-type"] = b"application/json"
    result = decode("entry-released", None, orjson.dumps(body), headers, LIMIT)
    assert not isinstance(result, Rejection)
    assert (result.id, result.data.entry_number) == (event["id"], body["entry_number"])


def test_binary_mode_without_an_attribute_is_refused() -> None:
    headers = {"ce_specversion": b"1.0", "ce_type": b"gov.cbp.entry.released.v1", "content-type": b"application/json"}
    rejection = refuse("entry-released", released_body(entry_number()), headers)
    assert rejection.reason == "missing-attribute"


def test_message_key_that_differs_from_the_subject_is_refused() -> None:
    event = cloud_event("entry-filed", entry_body())
    assert refuse("entry-filed", event, key=b"B7600000010").reason == "subject-mismatch"


def test_message_without_key_is_taken() -> None:
    event = cloud_event("entry-filed", entry_body())
    assert not isinstance(decode("entry-filed", None, orjson.dumps(event), {}, LIMIT), Rejection)


def test_event_of_another_topic_is_refused_and_told_where_it_belongs() -> None:
    event = cloud_event("entry-released", released_body(entry_number()))
    rejection = refuse("entry-filed", event)
    assert (rejection.reason, "entry-released" in rejection.detail) == ("unknown-type", True)


def test_nul_in_a_text_is_refused_because_no_record_can_keep_it() -> None:
    event = cloud_event("entry-filed", entry_body(lines=[line(description="A\0B")]))
    assert refuse("entry-filed", event).reason == "schema"


def test_written_backslash_u0000_is_no_nul() -> None:
    event = cloud_event("entry-filed", entry_body(lines=[line(description="A\\u0000B")]))
    assert not isinstance(decode("entry-filed", None, orjson.dumps(event), {}, LIMIT), Rejection)


def test_correction_with_version_one_is_refused() -> None:
    assert refuse("entry-corrected", cloud_event("entry-corrected", entry_body(version=1))).reason == "schema"


@pytest.mark.parametrize("surrogate", [b'"\\ud800"', b'"\xed\xa0\x80"', b'"\xff"'])
def test_text_that_is_not_unicode_is_refused(surrogate: bytes) -> None:
    event = cloud_event("entry-filed", entry_body(lines=[line(description="MARK")]))
    assert refuse("entry-filed", orjson.dumps(event).replace(b'"MARK"', surrogate)).reason in {"not-json", "schema"}


@pytest.mark.parametrize("changes", [{"entry_date": "9999-12-31"}, {"paid_on": "0001-01-01"}])
def test_date_with_which_no_period_can_be_reckoned_is_refused(changes: dict[str, str]) -> None:
    rejection = refuse("entry-filed", cloud_event("entry-filed", entry_body(**changes)))
    assert rejection.reason == "schema"
    assert next(iter(changes)) in rejection.detail


@pytest.mark.parametrize(
    ("topic", "data", "place"),
    [
        ("entry-filed", entry_body(bond_type=FUTURE_WORD), "bond_type"),
        ("post-entry-filed", filing_body(FUTURE_WORD), "kind"),
    ],
)
def test_unknown_word_of_a_filer_is_refused_with_its_place(topic: str, data: dict[str, Any], place: str) -> None:
    rejection = refuse(topic, cloud_event(topic, data))
    assert (rejection.reason, place in rejection.detail) == ("schema", True)


def test_refusal_names_the_field() -> None:
    event = cloud_event("entry-filed", entry_body(port_of_entry="27"))
    assert "port_of_entry" in refuse("entry-filed", event).detail


def digest(value: bytes, headers: dict[str, bytes] | None = None, topic: str = "entry-filed") -> bytes:
    event = decode(topic, None, value, headers or {}, LIMIT)
    assert not isinstance(event, Rejection), event
    return digest_content(event, value, headers or {})


def reversed_keys(value: Any) -> Any:
    match value:
        case dict():
            return {name: reversed_keys(child) for name, child in reversed(value.items())}
        case list():
            return [reversed_keys(child) for child in value]
        case _:
            return value


WHOLE = cloud_event("entry-filed", entry_body(entry_number(1), of_a_later_release=120))


def binary(event: dict[str, Any], **headers: bytes) -> tuple[bytes, dict[str, bytes]]:
    attributes = {f"ce_{name}": str(value).encode() for name, value in event.items() if name != "data"}
    return orjson.dumps(event["data"]), {**attributes, "content-type": b"application/json", **headers}


@pytest.mark.parametrize(
    ("value", "headers"),
    [
        (orjson.dumps(reversed_keys(WHOLE)), {}),
        (json.dumps(WHOLE, indent=3).encode(), {"traceparent": b"00-1-2-03"}),
        (json.dumps(WHOLE).replace("SYNTHETIC", r"\u0053YNTHETIC").encode(), {}),
        (json.dumps(WHOLE).replace('"of_a_later_release": 120', '"of_a_later_release": 120.0').encode(), {}),
        (json.dumps(WHOLE).replace('"of_a_later_release": 120', '"of_a_later_release": 1.2e2').encode(), {}),
        (orjson.dumps(WHOLE | {"time": "2027-01-01T00:00:00Z", "extension": "of a gateway"}), {}),
        binary(WHOLE),
        binary(WHOLE, ce_time=b"2027-01-01T00:00:00Z", traceparent=b"00-1-2-03"),
    ],
    ids=["order of keys", "space", "escape", "1.0", "exponent", "attributes", "binary", "binary with other headers"],
)
def test_repeat_that_is_written_otherwise_says_the_same(value: bytes, headers: dict[str, bytes]) -> None:
    assert value != orjson.dumps(WHOLE)
    assert digest(value, headers) == digest(orjson.dumps(WHOLE))


@pytest.mark.parametrize(
    "change",
    [
        {"port_of_entry": "2705"},
        {"paid_on": None},
        {"lines": [line(value_usd=1001)]},
        {"lines": [line(1), line(2)]},
        {"lines": [line(2), line(1)]},
        {"of_a_later_release": "120"},
        {"of_a_later_release": 120.5},
        {"of_a_later_release": [120]},
        {"of_a_later_release": None},
    ],
    ids=str,
)
def test_other_data_says_something_else(change: dict[str, Any]) -> None:
    others = [digest(orjson.dumps(WHOLE | {"data": WHOLE["data"] | change}))]
    others.append(digest(*binary(WHOLE | {"data": WHOLE["data"] | change})))
    assert others[0] == others[1] != digest(orjson.dumps(WHOLE))


@pytest.mark.parametrize("attribute", ["type", "subject"])
def test_same_data_of_another_type_or_subject_says_something_else(attribute: str) -> None:
    value = orjson.dumps(WHOLE)
    event: Any = decode("entry-filed", None, value, {}, LIMIT)
    other: Any = msgspec.structs.replace(event, **{attribute: "another"})
    assert digest_content(other, value, {}) != digest_content(event, value, {})


def test_number_that_is_none_counts_as_it_is_written() -> None:
    values = [
        orjson.dumps(WHOLE).replace(b'"version":1,', b'"version":1,"later":' + number + b",")
        for number in (b"NaN", b"NaN", b"Infinity")
    ]
    assert digest(values[0]) == digest(values[1]) != digest(values[2])
