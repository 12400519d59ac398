"""Questions to a Center: their states in words, and which act may follow in which, by which action of authority."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "asked": "asked",
        "held": "held: it names somebody's matter",
        "admitted": "to be answered",
        "answered": "answered, to be released",
        "published": "published",
        "merged": "merged with another",
        "refused": "refused",
    }
)
"""States of a question in words, in the order in which a Center meets them."""


@dataclass(frozen=True, slots=True)
class QuestionAct:
    """An act on a question: in words, in which states it may follow, and by which action of the table of authority."""

    label: str
    states: frozenset[str]
    action: str


ACTS: Final[Mapping[str, QuestionAct]] = MappingProxyType(
    {
        "rephrase": QuestionAct("Say it in other words", frozenset({"asked", "held"}), "question.ask"),
        "admit": QuestionAct("Admit it to be answered", frozenset({"asked"}), "question.moderate"),
        "refuse": QuestionAct("Refuse it", frozenset({"asked", "held", "admitted"}), "question.moderate"),
        "merge": QuestionAct(
            "Merge it with an earlier one", frozenset({"asked", "held", "admitted"}), "question.moderate"
        ),
        "answer": QuestionAct("Answer it", frozenset({"admitted", "answered", "published"}), "question.answer"),
        "release": QuestionAct("Release the answer", frozenset({"answered"}), "question.release"),
        "withdraw": QuestionAct("Withdraw the answer", frozenset({"published", "answered"}), "question.release"),
    }
)
"""The acts in the order in which a Center meets them; notifications says whether one may be done."""


def acts_on(state: str, may: Callable[[str], bool]) -> Mapping[str, str]:
    """The acts that may follow in a state for who may do these actions at all, each in words.

    >>> acts_on("asked", {"question.moderate"}.__contains__)
    {'admit': 'Admit it to be answered', 'refuse': 'Refuse it', 'merge': 'Merge it with an earlier one'}
    >>> acts_on("refused", lambda _: True)
    {}
    """
    return {name: act.label for name, act in ACTS.items() if state in act.states and may(act.action)}


def read_question_act(act: str, form: Mapping[str, Sequence[str]]) -> tuple[str, str, dict[str, Any] | None]:
    """Method, end of the path and body of an act's call; raises `KeyError` for what is none.

    >>> read_question_act("refuse", {"reason": ["Not for the community."]})
    ('POST', '/moderate', {'decision': 'refuse', 'reason': 'Not for the community.'})
    >>> read_question_act("answer", {"text": ["From that day."], "rule": ["of-law"], "text_es": [""]})
    ('PUT', '/answer', {'text': 'From that day.', 'rule': 'of-law'})
    """
    given = {name: values[0] for name, values in form.items()}

    def said(*names: str) -> dict[str, Any]:
        return {name: given[name] for name in names if given.get(name)}

    match act:
        case "rephrase":
            return "PUT", "", said("subject", "text")
        case "admit" | "refuse" | "merge":
            part = {"refuse": "reason", "merge": "into"}.get(act)
            return "POST", "/moderate", {"decision": act} | (said(part) if part else {})
        case "answer":
            return "PUT", "/answer", said("text", "text_es", "rule")
        case "release":
            return "POST", "/release", None
        case "withdraw":
            return "POST", "/withdraw-answer", said("reason")
        case _:
            raise KeyError(act)
