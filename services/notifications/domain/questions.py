"""Questions of a Center's community: asked, moderated, answered on a rule of law, and published.

What would tell a matter of somebody is held from publication: an entry number or an importer number.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args
from uuid import UUID

from shared.customs.entry_number import InvalidEntryNumber, parse_entry_number

QuestionState = Literal["asked", "held", "admitted", "refused", "merged", "answered", "published"]
STATES: Final[tuple[QuestionState, ...]] = get_args(QuestionState)
QuestionAct = Literal["ask", "rephrase", "admit", "refuse", "merge", "answer", "release", "withdraw", "follow"]

TRANSITIONS: Final[Mapping[QuestionAct, frozenset[str | None]]] = {
    "ask": frozenset({None}),
    "rephrase": frozenset({"asked", "held"}),
    "admit": frozenset({"asked"}),
    "refuse": frozenset({"asked", "held", "admitted"}),
    "merge": frozenset({"asked", "held", "admitted"}),
    # An answer that is published is answered anew when the law has changed; the one before stays in the history.
    "answer": frozenset({"admitted", "answered", "published"}),
    "release": frozenset({"answered"}),
    # While another answer waits, the one before is still published.
    "withdraw": frozenset({"published", "answered"}),
    "follow": frozenset({"published"}),
}
"""In which states of a question each act may be done."""

_BETWEEN: Final = r"(?: {0,2}[-./_] {0,2}| {1,2}|)"
"""What people write between the parts of a number, or nothing."""
_MAYBE_ENTRY: Final = re.compile(
    rf"(?<![0-9])(?=([0-9A-Za-z]{{3}}{_BETWEEN}[0-9]{{7}}{_BETWEEN}[0-9])(?![0-9]))", re.ASCII
)
_IMPORTER: Final = re.compile(
    rf"(?<![0-9])(?:[0-9]{{2}}{_BETWEEN}[0-9]{{7}}(?:{_BETWEEN}[0-9A-Za-z]{{2}})?"
    rf"|[0-9]{{3}}(?P<between>{_BETWEEN})[0-9]{{2}}(?P=between)[0-9]{{4}}|[0-9]{{6}}{_BETWEEN}[0-9]{{5}})(?![0-9])"
)
_MINUS: Final = frozenset("\u2212\u02d7\u2796")
"""Dashes that Unicode counts as signs."""
_KINDS: Final[Mapping[str, str]] = {"filer": "a filer", "surety": "a surety", "agent": "an agent", "counsel": "counsel"}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule of law as liquidation publishes it, with what tells one version of it from another."""

    rule: str
    text: str
    citation: str
    effective_from: str | None
    digest: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it stands; `asker` is the importer number or the id of the party that asked.

    `rule` is the row of law that the answer rests on as it was on that day; `rule_changed_at` is when it was first
    found to be another, from which on the answer rests on an earlier version.
    """

    question_id: UUID
    center: str
    state: QuestionState
    revision: int
    subject: str
    text: str
    is_anonymous: bool
    asker: str
    asked_by: str
    asker_name: str
    asked_at: datetime
    held_for: str | None
    refused_for: str | None
    merged_into: UUID | None
    answer: str | None
    answer_es: str | None
    answered_by: str | None
    rule: RuleRow | None
    released_by: str | None
    published_at: datetime | None
    rule_changed_at: datetime | None


def find_confidential(*texts: str | None) -> str | None:
    """Why the texts cannot be published: which kind of number one of them names; None when none does.

    However it is written: with other dashes, blanks or digits of Unicode, or with none. In doubt a text is held, as for
    a telephone number of two and seven digits. The number itself is not repeated.

    >>> find_confidential("What of entry B76-0324527-8?")
    'it names an entry number'
    >>> find_confidential("We are 12-3456789AB."), find_confidential("Is 8471.30.0100 in chapter 84?")
    ('it names an importer number', None)
    """
    for each in texts:
        if each is None:
            continue
        text = _plain(each)
        if any(_is_entry(found) for found in _MAYBE_ENTRY.findall(text)):
            return "it names an entry number"
        if _IMPORTER.search(text) is not None:
            return "it names an importer number"
    return None


def describe_asker(asker: str) -> str:
    """Who asked, as the public is told it: never a name, which can be anything that an asker was registered with.

    >>> describe_asker("07-345678900"), describe_asker("agent:1001")
    ('an importer', 'an agent')
    """
    kind, colon, _ = asker.partition(":")
    return _KINDS[kind] if colon else "an importer"


def _plain(text: str) -> str:
    """A text with plain digits, hyphens and blanks for all that look like them, and without what is invisible."""
    return "".join(map(_plain_character, unicodedata.normalize("NFKC", text)))


def _plain_character(character: str) -> str:
    category = unicodedata.category(character)
    match category:
        case "Nd":
            return str(unicodedata.decimal(character))
        case "Pd":
            return "-"
        case "Cf":
            return ""
        case _:
            return "-" if character in _MINUS else " " if character.isspace() else character


def _is_entry(text: str) -> bool:
    try:
        parse_entry_number(re.sub("[^0-9A-Z]", "", text.upper()))
    except InvalidEntryNumber:
        return False
    return True


def rule_row_of(summary: Mapping[str, Any]) -> RuleRow:
    """A rule from the line of `GET /rules`; its version is a digest of all that the line says of the law."""
    told = {name: value for name, value in summary.items() if name in _OF_LAW}
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    return RuleRow(summary["id"], summary["text"], summary["citation"], summary["effective_from"], digest)


_OF_LAW: Final = frozenset({"id", "text", "citation", "effective_from", "effective_until", "applies_to", "unsettled"})
"""What of a rule is law: how well it is evidenced, and under which heading it stands, are not."""
