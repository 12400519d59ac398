"""Writes the law so that it can be read: the rule book of the API, and a page for each section in docs/law."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from cli.law_pages import pages
from cli.law_sources import ROOT, find_docstring, find_rests
from cli.law_words import say_answer, say_days, say_facts, say_question
from services.liquidation.api.rule_book import ALL_RULES, FILE, ClockUseOut, VectorOut, WorkedRule
from services.liquidation.domain.calculator.answers import Clock, calculate
from services.liquidation.domain.calculator.facts import CalculatorFacts
from services.liquidation.domain.law import LAW

VECTORS: Final = ROOT / "tests" / "vectors"
BOOK_FILE: Final = ROOT / "services" / "liquidation" / "api" / FILE
PAGES: Final = ROOT / "docs" / "law"

_FACTS: Final = TypeAdapter(CalculatorFacts)
_NOT_IN_DOMAIN: Final = {"calendar": "shared.customs.calendar", "interest": "shared.customs.interest"}
_LEADS_TO_A_DAY: Final = ("until", "from", "about", "least", "most", "beyond")
_AMOUNTS: Final = {
    "mpf": "The merchandise processing fee, in dollars",
    "hmf": "The harbor maintenance fee, in dollars",
    "limit": "What a difference between what was assessed and deposited leads to",
    "interest": "Interest of a span, in dollars",
    "segments": "Interest by segments, in dollars",
    "bill": "What is owed on a bill, in dollars",
    "refund": "Interest on a refund that is paid late, in dollars",
    "readiness": "Whether a payee can be paid",
}


def build_book() -> dict[str, WorkedRule]:
    """Every rule with its vectors, worked examples from them, and what rests on it."""
    vectors: defaultdict[str, list[VectorOut]] = defaultdict(list)
    for rule, vector in read_vectors():
        vectors[rule].append(vector)
    clocks = {rule: _reckon(rule, vectors[rule]) for rule in ALL_RULES}
    rests = find_rests(
        {rule: [ClockUseOut(what=each.what, effect=each.effect) for each in clocks[rule]] for rule in ALL_RULES}
    )
    return {
        rule: WorkedRule(
            examples=_pick_clocks(clocks[rule]) or _pick_vectors(vectors[rule]),
            vectors=vectors[rule],
            rests_on_it=rests[rule],
        )
        for rule in ALL_RULES
    }


def read_vectors() -> Iterator[tuple[str, VectorOut]]:
    """Every vector with its rule, the question that it asks in words."""
    for file in sorted(VECTORS.glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                facts = json.loads(row["facts"])
                function = row.get("call") or row["kind"]
                yield (
                    row["rule"],
                    VectorOut(
                        asks=_ask(function),
                        given=say_facts(facts),
                        answer=say_answer(row["expected"]),
                        source=row["source"],
                        note=row["note"],
                        function=function,
                        facts=facts,
                        expected=row["expected"],
                    ),
                )


def _ask(function: str) -> str:
    if function in _AMOUNTS:
        return _AMOUNTS[function]
    if function == "calculator":
        return "What the deadline calculator says"
    if "." not in function:
        return function.replace("-", " ").capitalize()
    module, name = function.rsplit(".", 1)
    return say_question(find_docstring(_NOT_IN_DOMAIN.get(module, f"services.liquidation.domain.{module}"), name))


def _reckon(rule: str, vectors: list[VectorOut]) -> list[Clock]:
    """The clocks of the rule that the calculator gives for its vectors."""
    asked = [each.facts for each in vectors if each.function == "calculator"]
    answers = [calculate(_FACTS.validate_python(facts), LAW) for facts in asked]
    return [clock for answer in answers for clock in answer.clocks if clock.rule == rule]


def _pick_clocks(clocks: list[Clock]) -> list[str]:
    """One example of each clock, and one whose readings differ."""
    picked: dict[tuple[str, bool], Clock] = {}
    for clock in clocks:
        picked.setdefault((clock.what, clock.safe == clock.last_arguable), clock)
    return [_tell(clock) for clock in picked.values()]


def _tell(clock: Clock) -> str:
    given = say_facts(clock.inputs)
    joint = "" if clock.what.endswith(_LEADS_TO_A_DAY) else ":"
    days = say_days(str(clock.safe), str(clock.last_arguable))
    rolling = f" {clock.explanation}" if clock.safe != clock.last_arguable else ""
    return f"{_start(given)}. {_start(clock.what)}{joint} {days}.{rolling} At its end: {clock.effect}."


def _pick_vectors(vectors: list[VectorOut]) -> list[str]:
    """The shortest example of each answer, at most three; one without an answer only when there is no other."""
    picked: dict[str, VectorOut] = {}
    for each in sorted(vectors, key=lambda vector: (vector.answer == "nothing", len(vector.given))):
        picked.setdefault(each.answer, each)
    return [
        f"{f'{_start(each.given)}. ' if each.given else ''}{_start(each.asks)}: {each.answer}"
        f"{f' ({each.note})' if each.note else ''}."
        for each in list(picked.values())[:3]
    ]


def _start(text: str) -> str:
    """As a sentence starts."""
    return text[:1].upper() + text[1:]


def text_of(book: dict[str, WorkedRule]) -> str:
    """The rule book as it stands in its file: a line for each rule, so that a difference can be read."""
    lines = (
        f"{json.dumps(rule)}: {json.dumps(worked.model_dump(), ensure_ascii=False)}" for rule, worked in book.items()
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def documents() -> Iterator[tuple[Path, str]]:
    """Every generated file with its text."""
    book = build_book()
    yield BOOK_FILE, text_of(book)
    for name, text in pages(book):
        yield PAGES / name, text


def main() -> None:
    """Write every file."""
    for path, text in documents():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
