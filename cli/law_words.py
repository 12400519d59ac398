"""Facts, answers and questions of the rules in words, for who does not read code."""

import re
from collections.abc import Mapping
from typing import Any

from services.liquidation.api.rule_book import ALL_RULES

_BOTH = re.compile(r"(\d{4}-\d\d-\d\d)/(\d{4}-\d\d-\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_RULE_AND_OUTCOME = re.compile(r"([a-z0-9-]+):(\S+)")
_MISSING = re.compile(r"missing (.+)$")
_AFTER_A_DAY = re.compile(r"(?:(?<=\d{4}-\d\d-\d\d)|(?<=arguable\))) (?=\d{4}-|[a-z])")
_CODE = re.compile(r"[a-z]+(-[a-z0-9]+)+")
_NAMES = {"n": "number", "usd": "dollars"}
_PLAIN = {"none": "nothing", "true": "yes", "false": "no"}


def say_question(docstring: str | None) -> str:
    """The first sentence of a docstring up to its first semicolon, without marks of code and full stop.

    >>> say_question("Until when a protest is filed; `entered_on` counts too.")
    'Until when a protest is filed'
    """
    first = (docstring or "").strip().split("\n\n")[0].replace("\n", " ")
    sentence = re.split(r"(?<=[a-z0-9)`])[.;:](?=\s|$)", re.sub(r"\s+", " ", first))[0]
    return re.sub(r"`([^`]*)`", lambda found: found[1].replace("_", " "), sentence).strip()


def say_facts(facts: Mapping[str, Any]) -> str:
    """Facts as a list in words.

    >>> say_facts({"liquidated_on": "2026-01-05", "is_deemed": True, "posted_on": None})
    'liquidated 2026-01-05, deemed, posted not known'
    """
    return ", ".join(_say_fact(name, value) for name, value in facts.items())


def _say_fact(name: str, value: Any) -> str:
    words = _NAMES.get(name, name.replace("_", " "))
    plain = words.removeprefix("is ").removesuffix(" on")
    match value:
        case True:
            return plain
        case False:
            return f"not {plain}"
        case None:
            return f"{plain} not known"
        case str() if _DAY.match(value):
            return f"{plain} {value}"
        case {}:
            return f"{words} ({say_facts(value)})" if value else f"no {words}"
        case []:
            return f"no {words}"
        case [*items]:
            return f"{words} {'; '.join(_say_item(each) for each in items)}"
        case _:
            return f"{words} {_say_word(str(value))}"


def _say_item(item: Any) -> str:
    return f"({say_facts(item)})" if isinstance(item, Mapping) else str(item)


def say_answer(expected: str) -> str:
    """An answer as the vectors write it, in words.

    >>> say_answer("2026-07-04/2026-07-06")
    '2026-07-04 (safe), 2026-07-06 (last arguable)'
    >>> say_answer("2026-07-01/2026-07-01 not-protestable")
    '2026-07-01; not protestable'
    >>> say_answer("protest-180:timely"), say_answer("missing final_withdrawal_on")
    ('timely (protest-180)', 'not known without: final withdrawal on')
    """
    if expected in _PLAIN:
        return _PLAIN[expected]
    text = _BOTH.sub(lambda both: say_days(both[1], both[2]), expected)
    text = _MISSING.sub(lambda found: f"not known without: {found[1].replace('_', ' ')}", text)
    return " ".join(_say_word(word) for word in _AFTER_A_DAY.sub("; ", text).replace("..", " to ").split(" "))


def say_days(safe: str, last_arguable: str) -> str:
    """Both readings of a last day, or the one that they share."""
    return safe if safe == last_arguable else f"{safe} (safe), {last_arguable} (last arguable)"


def _say_word(word: str) -> str:
    if found := _RULE_AND_OUTCOME.fullmatch(word):
        return f"{found[2].replace('-', ' ')} ({found[1]})"
    return word.replace("-", " ") if _CODE.fullmatch(word) and word not in ALL_RULES else word
