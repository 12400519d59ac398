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
        "protest": {
            "no-change": "No change",
            "increase": "Increase",
            "refund": "Refund",
            "reject": "Reject",
            "refer": "Refer",
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
"""How items of each kind can end, in words; a matter ends by the acts of its process."""

_FIELD: Final = "field."
_EASTERN: Final = ZoneInfo("America/New_York")


def read_decision(form: Mapping[str, Sequence[str]], token: int) -> dict[str, Any]:
    """The body of a decision. Money that is left empty is none; a rule and its citation go together.

    >>> read_decision({"outcome": ["no-change"], "reason": ["As entered."]}, 4)["reasons"]
    [{'code': 'finding', 'text': 'As entered.'}]
    """
    body: dict[str, Any] = {
        "token": token,
        "outcome": _one(form, "outcome"),
        "effect": {"duty_usd": _one(form, "duty_usd") or "0.00", "fees_usd": _one(form, "fees_usd") or "0.00"},
        "reasons": [{"code": _one(form, "reason_code") or "finding", "text": _one(form, "reason")}],
    }
    rule, citation = _one(form, "rule"), _one(form, "citation")
    if rule or citation:
        body["legal_basis"] = [{"rule": rule, "citation": citation}]
    return body


def read_letter(form: Mapping[str, Sequence[str]], token: int) -> dict[str, Any]:
    """The body of a letter: a question on each line.

    >>> read_letter({"form": ["CBP-28"], "questions": ["Who made it?\\r\\n\\r\\nOf what?"]}, 4)["questions"]
    ['Who made it?', 'Of what?']
    """
    lines = [line.strip() for line in _one(form, "questions").splitlines()]
    body: dict[str, Any] = {
        "token": token,
        "form": _one(form, "form") or "CBP-28",
        "questions": [line for line in lines if line],
    }
    if due_on := _one(form, "due_on"):
        body["due_on"] = due_on
    return body


def read_act(form: Mapping[str, Sequence[str]], kinds: Mapping[str, str], token: int | None) -> dict[str, Any]:
    """The body of an act of a process; `kinds` are those of its fields. What is empty is left out.

    >>> form = {"act": ["ask"], "field.days": ["30"], "field.is_final": ["yes"], "field.goods": ["a\\nb"]}
    >>> read_act(form, {"days": "integer", "is_final": "flag", "goods": "references"}, None)["fields"]
    {'days': 30, 'is_final': True, 'goods': ['a', 'b']}
    """
    fields = {}
    for name, kind in kinds.items():
        value = _one(form, _FIELD + name)
        if value:
            fields[name] = _value(kind, value)
    body: dict[str, Any] = {"act": _one(form, "act"), "fields": fields}
    if token is not None:
        body["token"] = token
    if reason := _one(form, "reason"):
        body["reasons"] = [{"code": "note", "text": reason}]
    return body


def _value(kind: str, text: str) -> Any:
    """A value as its kind wants it; what cannot be one goes on as it is, and the service says what is wrong."""
    match kind:
        case "flag":
            return text == "yes"
        case "integer":
            return _number(text)
        case "instant":
            return _instant(text)
        case "entry-numbers" | "references":
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


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace(",", "\n").splitlines() if line.strip()]


def _one(form: Mapping[str, Sequence[str]], name: str) -> str:
    values = form.get(name, ())
    return values[0] if values else ""
