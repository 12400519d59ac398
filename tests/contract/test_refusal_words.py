"""What a filer reads of a refused message: every fault with its place, what came and what is right, in plain words."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from shared.contracts.decode import Rejection, decode
from shared.contracts.faults import _EXAMPLES, FORMS
from shared.contracts.registry import TOPICS
from tests.contract.test_decode import LIMIT, refused_samples
from tests.support.events import cloud_event, entry_body, entry_number, line, released_body

IMPORTER = (
    "an importer number: NN-NNNNNNNXX (employer number with its two-character suffix, 00 where the account has none), "
    "NNN-NN-NNNN (social security number) or YYDDPP-NNNNN (assigned by CBP), such as 07-345678900"
)
ENTRY = (
    "an entry number of 11 characters: filer code of three capitals or digits (not 000), seven digits, check digit, "
    "such as B7603245278 or B76-0324527-8"
)
TARIFF = "a tariff number of 8 or 10 digits, such as 8471300100"
NUMBER = "B7603245278"  # the example of the design, with its check digit
PRINTED = "B76-0324527-8"
THEIRS = re.compile(
    r"\^|\\d|\[0-9|pattern|pydantic|input should|value error|string should|field required|valid ", re.IGNORECASE
)
"""What only a validator says."""


def tell(topic: str, event: dict[str, Any] | bytes, key: bytes | None = None) -> list[str]:
    value = event if isinstance(event, bytes) else orjson.dumps(event)
    rejection = decode(topic, key, value, {}, LIMIT)
    assert isinstance(rejection, Rejection)
    return [str(fault) for fault in rejection.faults] or [rejection.detail]


def filed(number: str = NUMBER, **changes: Any) -> dict[str, Any]:
    return cloud_event("entry-filed", entry_body(number, **changes))


def without(name: str) -> dict[str, Any]:
    event = filed()
    del event["data"][name]
    return event


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (without("importer_number"), f"data.importer_number: nothing came; right is {IMPORTER}"),
        (filed(importer_number=None), f"data.importer_number: null came; right is {IMPORTER}"),
        (filed(importer_number="07-3456789"), f"data.importer_number: “**-***6789” came; right is {IMPORTER}"),
        (filed(importer_number="073456789"), f"data.importer_number: “*****6789” came; right is {IMPORTER}"),
        (filed(importer_number="07345678900"), f"data.importer_number: “*******8900” came; right is {IMPORTER}"),
        (filed("B76032452"), f"data.entry_number: “B76032452” came; right is {ENTRY}"),
        (filed("B-7603245278"), f"data.entry_number: “B-7603245278” came; right is {ENTRY}"),
        (filed("12303245278"), None),
        (
            filed("B7603245270"),
            "data.entry_number: “B7603245270” came; right is check digit 8 after these ten characters "
            "(CATAIR AE Table 1): compare it with the entry summary",
        ),
        (filed(lines=[line(hts="84.71.30")]), f"data.lines[1].tariffs[1].hts: “84.71.30” came; right is {TARIFF}"),
        (
            filed(lines=[line(hts="8471.30.0.100")]),
            f"data.lines[1].tariffs[1].hts: “8471.30.0.100” came; right is {TARIFF}",
        ),
        (filed(port_of_entry="27"), "data.port_of_entry: “27” came; right is four digits, such as 2704"),
        (filed(entry_type="99"), "data.entry_type: “99” came; right is an entry type code of two digits, such as 01"),
        (
            filed(lines=[line(country_of_origin="China")]),
            "data.lines[1].country_of_origin: “China” came; right is a country by two capitals of ISO 3166-1 "
            "(or an addition of CBP), such as CN",
        ),
        (
            filed(entry_date="03/02/2026"),
            "data.entry_date: “03/02/2026” came; right is a day as YYYY-MM-DD, such as 2026-03-02",
        ),
        (
            filed(entry_date="9999-12-31"),
            "data.entry_date: “9999-12-31” came; right is a day of the years 1986 to 2099",
        ),
        (filed(bond_type="x"), "data.bond_type: “x” came; right is one of 0, 8, 9"),
        (filed(surety_code=36), "data.surety_code: 36 came; right is a code of three capitals or digits, such as 036"),
        (
            filed(lines=[line(value_usd=-5)]),
            "data.lines[1].tariffs[1].value_usd: -5 came; right is a whole number from 0 to 9999999999, such as 125000",
        ),
        (
            filed(lines=[line(fees=[{"class_code": "499", "amount_usd": "1.234"}])]),
            "data.lines[1].fees[1].amount_usd: “1.234” came; right is US dollars as text with at most two decimals, "
            "such as 9375.00",
        ),
        (
            filed(lines=[line(cases=[{"case_number": "A-570-012-000", "rate_pct": "25.00", "deposit_usd": "1.00"}])]),
            "data.lines[1].cases[1].case_number: “A-570-012-000” came; right is a case number: A or C and six to nine "
            "digits, no hyphens, such as A570012000",
        ),
        (
            filed(lines=[]),
            "data.lines: a list of 0 came; right is a list of 1 to 999 members, each an object with line_number, "
            "description, country_of_origin, tariffs",
        ),
        (
            filed(lines=[line(1), line(1)]),
            "data.lines: line_number 1 more than once came; right is lines with each line_number once: renumber them",
        ),
        (
            filed(lines=[line(description="A\0B")]),
            "data.lines[1].description: right is text without the NUL character, which no record can keep",
        ),
        (filed() | {"subject": "B7600000010"}, "subject: “B7600000010” came; right is the same as data.entry_number"),
        (filed() | {"id": ""}, "id: “” came; right is text of 1 to 200 characters"),
        (
            filed() | {"type": "gov.cbp.entry.filed.v9"},
            "type: “gov.cbp.entry.filed.v9” came; right is gov.cbp.entry.filed.v1",
        ),
        (
            filed() | {"type": "gov.cbp.entry.released.v1"},
            "type: “gov.cbp.entry.released.v1” came; right is gov.cbp.entry.filed.v1 on topic entry-filed; events of "
            "this type belong on topic entry-released",
        ),
        (b"{", "the message is not JSON: it cannot be read from line 1, column 2 on"),
        (b"\xff", "the message is not JSON: it is not encoded as UTF-8"),
        (b"", "the message has no value: send a CloudEvent as JSON"),
        (b"{}", "the message is not a CloudEvents 1.0 object: wrap the data in its envelope"),
        (b"[" * 33 + b"]" * 33, "the JSON nests deeper than 32 levels: flatten it"),
        (b" " * (LIMIT + 1), "the message has 524289 bytes, at most 524288 are taken: split the filing"),
    ],
)
def test_each_kind_of_fault_is_told_in_these_words(event: dict[str, Any] | bytes, words: str | None) -> None:
    told = tell("entry-filed", event)
    if words is None:  # a filer code of digits: the number is no importer number to be masked
        assert told[0].startswith("data.entry_number: “12303245278” came")
    else:
        assert told == [words]


def test_all_faults_of_a_message_are_told_at_once_in_the_order_of_its_parts() -> None:
    event = filed(
        entry_type="99",
        port_of_entry="27",
        importer_number="07-3456789",
        lines=[line(1, hts="8471", value_usd=-1), line(2, country_of_origin="China")],
    )
    del event["time"]
    del event["data"]["entry_date"]
    assert [text.partition(":")[0] for text in tell("entry-filed", event, key=b"B7600000010")] == [
        "time",
        "data.entry_type",
        "data.importer_number",
        "data.port_of_entry",
        "data.entry_date",
        "data.lines[1].tariffs[1].hts",
        "data.lines[1].tariffs[1].value_usd",
        "data.lines[2].country_of_origin",
        "the message key",
    ]


def test_after_ten_faults_the_text_counts_and_the_list_goes_on() -> None:
    event = filed(lines=[line(number, hts="1") for number in range(1, 31)])
    rejection = decode("entry-filed", None, orjson.dumps(event), {}, LIMIT)
    assert isinstance(rejection, Rejection)
    assert rejection.detail.splitlines()[-1] == "and 20 more"
    assert len(rejection.faults) == 30


@pytest.mark.parametrize(
    ("changes", "place", "taken"),
    [
        ({"lines": [line(hts="8471.30.01.00")]}, ("lines", 0, "tariffs", 0, "hts"), "8471300100"),
        ({"lines": [line(hts="8471.30.01")]}, ("lines", 0, "tariffs", 0, "hts"), "84713001"),
        ({"importer_number": "07-3456789-00"}, ("importer_number",), "07-345678900"),
        ({"importer_number": "07-3456789ab"}, ("importer_number",), "07-3456789AB"),
        ({"importer_number": " 123-45-6789 "}, ("importer_number",), "123-45-6789"),
    ],
)
def test_what_leaves_no_doubt_is_taken_in_the_form_of_the_contract(
    changes: dict[str, Any], place: tuple[str | int, ...], taken: str
) -> None:
    event = decode("entry-filed", None, orjson.dumps(filed(**changes)), {}, LIMIT)
    assert not isinstance(event, Rejection), event
    at: Any = event.data
    for part in place:
        at = at[part] if isinstance(part, int) else getattr(at, part)
    assert at == taken


@pytest.mark.parametrize("written", [(PRINTED, NUMBER), (NUMBER, PRINTED), (PRINTED, PRINTED)])
@pytest.mark.parametrize("key", [None, NUMBER.encode(), PRINTED.encode()])
def test_entry_number_as_printed_names_the_same_entry(written: tuple[str, str], key: bytes | None) -> None:
    number, subject = written
    event = decode("entry-filed", key, orjson.dumps(filed(number) | {"subject": subject}), {}, LIMIT)
    assert not isinstance(event, Rejection), event
    assert (event.subject, event.data.entry_number) == (NUMBER, NUMBER)


def test_numbers_of_importers_are_masked_wherever_they_stand() -> None:
    number = "123-45-6789"
    event = filed(port_of_entry=number, entry_type="123456789") | {"subject": number, number: 5}
    told = "\n".join(tell("entry-filed", event, key=number.encode()))
    assert "123-45" not in told
    assert "12345" not in told
    assert told.count("6789") >= 3


def broken(value: Any) -> Iterator[Any]:
    """A document with each of its parts in turn taken away and replaced."""
    if isinstance(value, dict):
        for name in value:
            rest = {other: child for other, child in value.items() if other != name}
            yield rest
            yield from ({**value, name: other} for other in (None, -1, 10**30, "", "?" * 3000, [], {}, True))
            yield from ({**value, name: child} for child in broken(value[name]))
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from ([*value[:number], other, *value[number + 1 :]] for other in broken(child))
            yield [*value[:number], "?", *value[number + 1 :]]


FILING = {
    "filing_number": "F-1",
    "kind": "protest",
    "importer_number": "07-345678900",
    "filed_by": {"role": "importer", "id": "07-345678900"},
    "received_at": "2026-09-01T15:00:00Z",
    "entries": [NUMBER],
    "body": {},
}


@pytest.mark.parametrize(
    ("topic", "data"),
    [
        ("entry-filed", entry_body(entry_number(1))),
        ("entry-corrected", entry_body(entry_number(1), version=2, reasons=["H06"])),
        ("entry-released", released_body(entry_number(1))),
        ("post-entry-filed", FILING),
    ],
)
def test_no_refusal_speaks_of_the_validator(topic: str, data: dict[str, Any]) -> None:
    whole = cloud_event(topic, data)
    refused = 0
    for event in broken(whole):
        result = decode(topic, None, orjson.dumps(copy.deepcopy(event)) if _fits(event) else b"{", {}, LIMIT)
        if isinstance(result, Rejection):
            refused += 1
            assert not THEIRS.search(result.detail), result.detail
            for fault in result.faults:
                assert not THEIRS.search(f"{fault.right} {fault.code}"), fault
                assert fault.right != "another value", fault
    assert refused > 50


def _fits(value: Any) -> bool:
    """Whether the numbers in a document can be written by the JSON writer."""
    return "1" + "0" * 30 not in repr(value)


def test_every_sample_of_a_refusal_is_told_in_plain_words() -> None:
    for row in refused_samples():
        if row["outcome"] == "dead-letter":
            told = "\n".join(tell(row["topic"], row["raw"].encode(), key=row["key"].encode()))
            assert not THEIRS.search(told), told


def patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for child in schema.values():
            yield from patterns(child)
    elif isinstance(schema, list):
        for child in schema:
            yield from patterns(child)


def test_every_form_of_a_filers_event_is_said_in_words() -> None:
    of_filers = [contract.event for contract in TOPICS.values() if contract.producer == "filers"]
    found = {pattern for model in of_filers for pattern in patterns(model.model_json_schema())}
    assert found - FORMS.keys() == set()
    assert _EXAMPLES.keys() <= FORMS.keys()
    assert all(re.fullmatch(pattern, example) for pattern, example in _EXAMPLES.items())
