"""Grounds of suspension by case, maker and exporter: how lines name them, and which of them a removal ends."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.liquidation.domain.facts import Origin, Version
from services.liquidation.domain.grounds import NOT_IDENTIFYING, identify, join_grounds, name_case, select_lifted
from services.liquidation.domain.suspension import Suspension
from services.liquidation.handlers.entries import read_version
from shared.contracts.decode import Rejection, decode
from shared.contracts.entry import encode_body
from tests.support.events import cloud_event, decoded, entry_body, entry_number, line

CASE, MAKER, EXPORTER = "A570012000", "CNSYNTH123SHE", "CNEXPORT99SHE"
ENTERED, NOTICED = date(2026, 3, 2), date(2027, 1, 4)


def of_case(number: int = 1, **changes: Any) -> dict[str, Any]:
    return line(number, cases=[{"case_number": CASE, "rate_pct": "25.00", "deposit_usd": "10.00"}], **changes)


def version(*cases: str) -> Version:
    origin = Origin(datetime(2026, 3, 2, 17, tzinfo=UTC), "urn:filer:B76", "1")
    importer = "07-345678900"
    return Version(1, "03", importer, None, "2704", ENTERED, None, 0, 0, CASE, UUID(int=1), origin, cases)


def standing(*matters: str) -> list[Suspension]:
    return [Suspension(f"adcvd-case:{matter}", "agency", ENTERED) for matter in matters]


def lifted(makers: list[str], exporters: list[str], *matters: str) -> list[str]:
    found = select_lifted(standing(*matters), "adcvd-case", None, [CASE], makers, exporters)
    return [each.ground.removeprefix("adcvd-case:") for each in found]


BARE = f"{CASE}/{MAKER}"
BOTH = f"{CASE}/{MAKER}/{EXPORTER}"
OTHER = f"{CASE}/{MAKER}/CNOTHER456SHE"
UNMADE = f"{CASE}//{EXPORTER}"


@pytest.mark.parametrize("reported", [None, "", "  ", "\u00a0"])
def test_case_of_a_line_without_exporter_is_named_as_before(reported: str | None) -> None:
    assert name_case(CASE, MAKER, reported) == name_case(CASE, MAKER) == BARE


def test_exporter_is_the_third_part_also_where_no_maker_is_reported() -> None:
    assert (name_case(CASE, MAKER, "CN EXPORT 99SHE"), name_case(CASE, None, EXPORTER)) == (BOTH, UNMADE)


@given(st.text(max_size=15), st.text(max_size=15))
def test_parts_of_a_case_can_always_be_told_apart(maker: str, exporter: str) -> None:
    named = name_case(CASE, maker, exporter)
    parts = [*named.split("/"), ""][:3]
    assert parts == [CASE, identify(maker), identify(exporter)]
    assert not any(sign in NOT_IDENTIFYING for sign in identify(maker))
    assert named.split() == [named]


@pytest.mark.parametrize(
    ("makers", "exporters", "expected"),
    [
        ([], [], [BARE, BOTH, OTHER, UNMADE]),
        ([MAKER], [], [BARE, BOTH, OTHER]),
        ([], [EXPORTER], [BOTH, UNMADE]),
        ([MAKER], [EXPORTER], [BOTH]),
        ([], [EXPORTER, "CNOTHER456SHE"], [BOTH, OTHER, UNMADE]),
        ([" CNSYNTH 123 SHE"], ["CN EXPORT99 SHE"], [BOTH]),
        (["CNOTHER456SHE"], [EXPORTER], []),
    ],
)
def test_removal_ends_the_cases_of_the_lines_that_it_names(
    makers: list[str], exporters: list[str], expected: list[str]
) -> None:
    assert lifted(makers, exporters, BARE, BOTH, OTHER, UNMADE) == expected


def test_removal_for_another_case_ends_nothing() -> None:
    assert select_lifted(standing(BOTH), "adcvd-case", None, ["C570013000"], [], [EXPORTER]) == ()


def test_end_of_a_case_for_every_exporter_holds_when_a_correction_reports_one() -> None:
    ended = [replace(each, lift_noticed_on=NOTICED) for each in standing(BARE)]
    assert join_grounds(version(BOTH), ended) == tuple(ended)


def test_end_of_a_case_for_one_exporter_holds_for_no_other() -> None:
    ended = [replace(each, lift_noticed_on=NOTICED) for each in standing(BOTH)]
    assert join_grounds(version(BARE, OTHER), ended) == (*standing(BARE, OTHER), *ended)


def test_case_that_stands_without_exporter_does_not_hide_one_with_exporter() -> None:
    assert join_grounds(version(UNMADE), standing(f"{CASE}/")) == (*standing(UNMADE), *standing(f"{CASE}/"))


def test_version_names_the_exporters_of_its_lines() -> None:
    lines = [of_case(1, exporter_id=EXPORTER), of_case(2), of_case(3, manufacturer_id=None, exporter_id=EXPORTER)]
    found, _ = read_version(decoded("entry-filed", entry_body(lines=lines)))
    assert found.cases == (f"{CASE}//{EXPORTER}", BARE, BOTH)


def test_fingerprint_of_what_was_filed_before_exporters_were_reported_stays() -> None:
    lines = [of_case(), line(2, manufacturer_id=None)]
    body = entry_body(entry_number(77), lines=lines)
    absent, text = read_version(decoded("entry-filed", body))
    assert absent.digest.hex == "828045be2588176e2af01c0b82470966"
    assert "exporter_id" not in text
    stated = body | {"lines": [each | {"exporter_id": None} for each in lines]}
    assert read_version(decoded("entry-filed", stated))[0].digest == absent.digest
    reported = body | {"lines": [lines[0] | {"exporter_id": EXPORTER}, lines[1]]}
    assert read_version(decoded("entry-filed", reported))[0].digest != absent.digest


def test_text_that_looks_like_an_absent_exporter_is_kept() -> None:
    name = 'SYNTHETIC,"exporter_id":null'
    event = decoded("entry-filed", entry_body(lines=[line(description=name)]))
    assert b'SYNTHETIC,\\"exporter_id\\":null' in encode_body(event.data)


def test_exporter_longer_than_an_identification_is_refused() -> None:
    body = entry_body(lines=[line(exporter_id="C" * 16)])
    event = orjson.dumps(cloud_event("entry-filed", body))
    found = decode("entry-filed", body["entry_number"].encode(), event, {}, 524_288)
    assert isinstance(found, Rejection)
    assert (found.reason, "exporter_id" in found.detail) == ("schema", True)
