"""The forms of acts: what a person filled in, in the shape that the services take."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

OUTCOMES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "review": {
            "no-change": "No change: liquidate as entered",
            "increase": "Increase: the importer owes more",
            "refund": "Refund: the importer gets money back",
            "reject": "Reject the summary",
            "refer": "Refer to another office",
        },
        "consultation": {"agree": "Agree with the Center of record", "differ": "Differ from it"},
        "filing": {
            "granted": "Granted",
            "denied": "Denied",
            "forwarded": "Forwarded to who decides it",
            "answered": "Answered",
        },
    }
)
"""How items of each kind can end, in words; a matter ends by its acts, a protest in the legal record."""

_FIELD: Final = "field."
_EASTERN: Final = ZoneInfo("America/New_York")


ISSUES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "01": "Value",
        "02": "Classification",
        "03": "Quantity",
        "04": "Antidumping duty",
        "05": "Countervailing duty",
        "06": "Special programs",
        "07": "Interest only",
        "08": "Change without revenue",
        "09": "Other",
    }
)
"""What a finding or a letter is about (CATAIR), in words."""

FINDINGS: Final = 3
"""Findings that the form of a decision has room for."""


def read_check(form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The body of a decision that is only looked at. Money left empty is none, and so is a finding without a line.

    >>> read_check({"outcome": ["increase"], "rule": ["hts"], "citation": ["19 USC 1202"]})["legal_basis"]
    [{'rule': 'hts', 'citation': '19 USC 1202'}]
    """
    body: dict[str, Any] = {
        "outcome": _one(form, "outcome"),
        "effect": {"duty_usd": _one(form, "duty_usd") or "0.00", "fees_usd": _one(form, "fees_usd") or "0.00"},
    }
    rule, citation = _one(form, "rule"), _one(form, "citation")
    if rule or citation:
        body["legal_basis"] = [{"rule": rule, "citation": citation}]
    if findings := [each for each in (_finding(form, number) for number in range(1, FINDINGS + 1)) if each]:
        body["findings"] = findings
    return body


def read_decision(form: Mapping[str, Sequence[str]], token: int) -> dict[str, Any]:
    """The body of a decision.

    >>> read_decision({"outcome": ["no-change"], "reason": ["As entered."]}, 4)["reasons"]
    [{'code': 'finding', 'text': 'As entered.'}]
    """
    reasons = [{"code": "finding", "text": _one(form, "reason")}]
    return {**read_check(form), "token": token, "reasons": reasons}


def _finding(form: Mapping[str, Sequence[str]], number: int) -> dict[str, Any]:
    """A finding of the form; empty where no line is chosen."""
    given = {
        name: _one(form, f"finding{number}.{name}") for name in ("line_number", "issue", "declared", "found", "ruling")
    }
    if not given["line_number"]:
        return {}
    finding: dict[str, Any] = {name: value for name, value in given.items() if value}
    finding["line_number"] = _number(given["line_number"])
    criterion, _, was = _one(form, f"finding{number}.criterion").partition(" ")
    if criterion and was:
        finding |= {"criterion": criterion, "criterion_was": was}
    return finding


def read_letter(form: Mapping[str, Sequence[str]], token: int | None) -> dict[str, Any]:
    """The body of a letter: a question on each line; what is empty is left out.

    >>> read_letter({"form": ["CBP-28"], "questions": ["Who made it?\\r\\n\\r\\nOf what?"]}, 4)["questions"]
    ['Who made it?', 'Of what?']
    """
    body: dict[str, Any] = {"questions": _lines(_one(form, "questions"), at_commas=False)}
    body |= {name: _one(form, name) for name in ("due_on", "issue", "goods", "effect_usd") if _one(form, name)}
    if token is not None:
        body["token"] = token
    if _one(form, "form"):
        body["form"] = _one(form, "form")
    return body


def read_act(form: Mapping[str, Sequence[str]], kinds: Mapping[str, str], token: int | None) -> dict[str, Any]:
    """The body of an act of a process; `kinds` are those of its fields. What is empty is left out.

    >>> form = {"act": ["ask"], "field.days": ["30"], "field.is_final": ["yes"], "field.goods": ["a\\nb"]}
    >>> read_act(form, {"days": "integer", "is_final": "flag", "goods": "references"}, None)["fields"]
    {'days': 30, 'is_final': True, 'goods': ['a', 'b']}
    """
    body: dict[str, Any] = {"act": _one(form, "act"), "fields": read_fields(form, kinds)}
    if token is not None:
        body["token"] = token
    if reason := _one(form, "reason"):
        body["reasons"] = [{"code": "note", "text": reason}]
    return body


def read_fields(form: Mapping[str, Sequence[str]], kinds: Mapping[str, str]) -> dict[str, Any]:
    """The fields of an act's form by name, each as its kind wants it; what is empty is left out."""
    given = {name: _one(form, _FIELD + name) for name in kinds}
    return {name: _value(kinds[name], text) for name, text in given.items() if text}


def _value(kind: str, text: str) -> Any:
    """A value as its kind wants it; what cannot be one goes on as it is, and the service says what is wrong."""
    match kind:
        case "flag":
            return text == "yes"
        case "integer":
            return _number(text)
        case "instant":
            return _instant(text)
        case "entry-numbers" | "importer-numbers" | "references":
            return _lines(text)
        case "line-numbers":
            return [_number(line) for line in _lines(text)]
        case _:
            return text


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else text


def _instant(text: str) -> str:
    """The clock of a form is that of Washington."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (at if at.tzinfo is not None else at.replace(tzinfo=_EASTERN)).isoformat()


def _lines(text: str, *, at_commas: bool = True) -> list[str]:
    parts = text.replace(",", "\n") if at_commas else text
    return [line.strip() for line in parts.splitlines() if line.strip()]


def _one(form: Mapping[str, Sequence[str]], name: str) -> str:
    values = form.get(name, ())
    return values[0] if values else ""
