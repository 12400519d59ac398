"""What a rule is, and what one says of a case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

Evidence = Literal["S", "P", "M", "U"]
EVIDENCE_MEANS: Final[Mapping[Evidence, str]] = MappingProxyType(
    {
        "S": "The fact that it rests on was read in a source.",
        "P": "Partly read: its heading was read, details are recalled.",
        "M": "Recalled from the statute or regulation, and not read again.",
        "U": "Uncertain or unsettled: never stated as law, and read in one way, by a setting where there is one.",
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `evidence`: S the fact was read in a source, P partly read, M recalled, U unsettled.

    `unsettled` says which part of it is open, when the rule itself is better evidenced than that part. It holds from
    `effective_from` to the whole day `effective_until`; None: no bound is known. `applies_to` says by which day of a
    case that is told, or what of the rule has days of its own.
    """

    id: str
    citation: str
    evidence: Evidence
    text: str
    unsettled: str | None = None
    effective_from: date | None = None
    effective_until: date | None = None
    applies_to: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether counsel is asked about it: it is unsettled, recalled, or a part of it is open."""
        return self.evidence in {"M", "U"} or self.unsettled is not None


@dataclass(frozen=True, slots=True)
class Section:
    """Rules on one subject, as they are read together; `id` is the word by which a list is narrowed."""

    id: str
    title: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of a case: a short stable `outcome`, and `why` in a sentence with the facts that decided."""

    rule: str
    outcome: str
    why: str
