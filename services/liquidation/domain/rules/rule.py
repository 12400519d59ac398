"""What a rule is, and what one says of a case."""

from dataclasses import dataclass
from typing import Literal

Evidence = Literal["S", "P", "M", "U"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `evidence`: S the fact was read in a source, P partly read, M recalled, U unsettled.

    `unsettled` says which part of it is open, when the rule itself is better evidenced than that part.
    """

    id: str
    citation: str
    evidence: Evidence
    text: str
    unsettled: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of a case: a short stable `outcome`, and `why` in a sentence with the facts that decided."""

    rule: str
    outcome: str
    why: str
