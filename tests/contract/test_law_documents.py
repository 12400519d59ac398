"""The law as it can be read: pages and rule book are what the rules, the vectors and the code say, and lack nothing."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from cli.law import BOOK_FILE, PAGES, documents, text_of
from cli.law_pages import INDEX, OPEN_POINTS, page_of
from services.liquidation.api.rule_book import ALL_RULES, ALL_SECTIONS, SECTION_OF, read_book
from services.liquidation.domain.readings import readings_of
from services.liquidation.domain.rules.rule import Rule

NAMES = [INDEX, OPEN_POINTS, *(page_of(section) for section in ALL_SECTIONS)]


@cache
def generated() -> dict[Path, str]:
    return dict(documents())


def page(name: str) -> str:
    return (PAGES / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [BOOK_FILE, *(PAGES / name for name in NAMES)], ids=lambda path: path.name)
def test_committed_file_is_the_generated_one(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == generated()[path], "run `make law`"


def test_every_generated_file_is_compared_and_none_is_left_over() -> None:
    assert set(generated()) == {BOOK_FILE, *(PAGES / name for name in NAMES)}
    assert {path.name for path in PAGES.iterdir()} == set(NAMES)


def test_rule_book_of_the_product_is_the_one_that_was_built() -> None:
    assert text_of(read_book()) == generated()[BOOK_FILE]


@pytest.mark.parametrize("rule", ALL_RULES.values(), ids=lambda rule: rule.id)
def test_every_rule_is_on_its_page_with_source_evidence_and_readings(rule: Rule) -> None:
    text = page(page_of(SECTION_OF[rule.id])).split(f"\n## {rule.id}\n")[1].split("\n## ")[0]
    assert f"**{rule.text}**" in text
    assert f"- Source: {rule.citation}\n" in text
    assert f"- Evidence: {rule.evidence}. " in text
    assert all(f"**{each.default}**" in text for each in readings_of(rule.id))
    assert (f"- Open: {rule.unsettled}" in text) == (rule.unsettled is not None)


def test_rules_that_are_open_are_the_open_points_and_no_others() -> None:
    listed = re.findall(r"^\| \[([\w-]+)\]\(", page(OPEN_POINTS), re.MULTILINE)
    assert listed == [rule.id for rule in ALL_RULES.values() if rule.is_open]


def test_every_vector_stands_in_the_book() -> None:
    rows = sum(len(worked.vectors) for worked in read_book().values())
    files = (Path(__file__).resolve().parents[1] / "vectors").glob("*.csv")
    lines = sum(len(file.read_text(encoding="utf-8").splitlines()) - 1 for file in files)
    assert rows == lines


def test_rule_with_a_vector_has_a_worked_example() -> None:
    assert [rule for rule, worked in read_book().items() if worked.vectors and not worked.examples] == []


def test_worked_example_of_the_protest_has_both_days_and_why_they_differ() -> None:
    assert (
        "Liquidated 2026-01-05. Protest until 2026-07-04 (safe), 2026-07-06 (last arguable). Day 180 from 2026-01-05. "
        "Saturday 2026-07-04 (Independence Day) is no business day"
    ) in " ".join(read_book()["protest-180"].examples)


@pytest.mark.parametrize(
    ("rule", "clock", "code", "use"),
    [
        ("protest-180", "protest until", None, ("notifications", "")),
        ("liq-1yr-entry", "deemed liquidated, when CBP has not acted", None, ("liquidation", "")),
        ("bill-payment-order", None, "payment-day", ("liquidation", "")),
        ("count-business-day", None, None, ("all services", "")),
        ("pd-tender", "loss of duty tendered until", None, ("routing", "")),
    ],
)
def test_what_rests_on_a_rule_is_found_in_the_code(
    rule: str, clock: str | None, code: str | None, use: tuple[str, str]
) -> None:
    rests = read_book()[rule].rests_on_it
    assert clock is None or clock in {each.what for each in rests.clocks}
    assert code is None or code in {each.code for each in rests.refusals}
    assert use[0] in {each.service for each in rests.uses}


def test_every_page_to_be_signed_has_the_mark_of_its_own_text() -> None:
    marks = [re.findall(r"Mark of this text: `([0-9a-f]{12})`", page(name)) for name in NAMES if name != INDEX]
    assert all(len(found) == 1 for found in marks)
    assert len({found[0] for found in marks}) == len(marks)


def test_rule_book_is_one_line_for_each_rule() -> None:
    lines = BOOK_FILE.read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(ALL_RULES) + 2
    assert list(json.loads("\n".join(lines))) == list(ALL_RULES)
