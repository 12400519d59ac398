"""The catalogue of what a timeline can show: a stable code for each act and each day, and how a picture places it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Track = Literal[
    "release", "summary", "review", "suspension", "extension", "liquidation", "finality", "protest", "money", "special"
]
"""The line of the picture on which something stands."""

Kind = Literal["act", "law", "policy", "goal"]
"""`act`: it was done. A day is set by law, by a policy of CBP that is no law, or is a goal on which nothing hangs."""

Whose = Literal["cbp", "importer", "surety"]


@dataclass(frozen=True, slots=True)
class TimelineCode:
    """What one code means.

    `whose`: who has to act by the day; None: it comes about by itself, or was done. `lapse`: what happens when nobody
    does, as the rule of the day has it (docs/law).
    """

    code: str
    track: Track
    kind: Kind
    title: str
    meaning: str
    whose: Whose | None = None
    lapse: str | None = None


ACTS: Final = (
    TimelineCode("released", "release", "act", "Released", "CBP released the goods."),
    TimelineCode("recorded", "summary", "act", "Recorded", "A version of the summary came, or a day was noted."),
    TimelineCode("scheduled", "summary", "act", "Scheduled", "A version of the summary came; its clock runs."),
    TimelineCode("rescheduled", "liquidation", "act", "Rescheduled", "The planned day moved with what became known."),
    TimelineCode("suspended", "suspension", "act", "Suspended", "Liquidation is suspended: the clock stands still."),
    TimelineCode("suspension-lifted", "suspension", "act", "Suspension lifted", "A ground of suspension ended."),
    TimelineCode("extended", "extension", "act", "Extended", "CBP lengthened the period in which it liquidates."),
    TimelineCode("liquidated", "liquidation", "act", "Liquidated", "CBP fixed duties and fees."),
    TimelineCode(
        "deemed-liquidated",
        "liquidation",
        "act",
        "Deemed liquidated",
        "The period ended; the law liquidated as entered.",
    ),
    TimelineCode("reliquidated", "liquidation", "act", "Reliquidated", "CBP changed a liquidation."),
    TimelineCode(
        "liquidation-voided", "liquidation", "act", "Liquidation voided", "A liquidation was without effect in law."
    ),
    TimelineCode("review-decided", "review", "act", "Review decided", "A review of the Center came to its end."),
    TimelineCode(
        "request-issued", "review", "act", "Request issued", "CBP asked the importer (CBP 28) or proposed (CBP 29)."
    ),
    TimelineCode("request-closed", "review", "act", "Request closed", "The request was answered, or came to its end."),
    TimelineCode("protest-filed", "protest", "act", "Protest filed", "A protest that names the entry was received."),
    TimelineCode("protest-denied", "protest", "act", "Protest denied", "A protest that names the entry was denied."),
    TimelineCode(
        "preference-claim-decided", "special", "act", "Preference claim decided", "A claim under 1520(d) was decided."
    ),
    TimelineCode(
        "determined", "money", "act", "Determined", "What an act changed was reckoned: nothing to bill or refund."
    ),
    TimelineCode("billed", "money", "act", "Billed", "A bill was issued."),
    TimelineCode("bill-paid", "money", "act", "Payment received", "A payment on a bill was received."),
    TimelineCode("bill-overdue", "money", "act", "Bill overdue", "A bill was not paid by its day and bears interest."),
    TimelineCode("surety-billed", "money", "act", "Surety billed", "The surety was asked to pay a bill."),
    TimelineCode("refund-changed", "money", "act", "Refund", "A refund was opened, certified, paid or replaced."),
)
"""What happened, by the word that the record has for it."""

DAYS: Final = (
    TimelineCode(
        "summary-due",
        "summary",
        "law",
        "Entry summary due",
        "The last day to file the entry summary.",
        "importer",
        lapse="A claim for liquidated damages; on repetition the loss of release before the summary.",
    ),
    TimelineCode(
        "cf28-reply-due",
        "review",
        "policy",
        "Reply to CBP 28 due",
        "Until when CBP asks for information.",
        "importer",
        lapse="CBP may decide on what it has: a proposed action, or an extension.",
    ),
    TimelineCode(
        "cf29-reply-due",
        "review",
        "law",
        "Reply to CBP 29 due",
        "Until when a proposed action is answered.",
        "importer",
        lapse="The proposed action is taken.",
    ),
    TimelineCode(
        "correction-until",
        "summary",
        "policy",
        "Last day for a correction",
        "A later correction is refused.",
        "importer",
        lapse="A later correction is refused; after liquidation there is protest, or a claim under 1520(d).",
    ),
    TimelineCode(
        "clock-unknown",
        "liquidation",
        "law",
        "Clock not known",
        "A fact is missing, without which no day is known.",
        "cbp",
        lapse="Nobody can say before the missing fact is filed or recorded.",
    ),
    TimelineCode(
        "not-liquidating", "liquidation", "law", "No liquidation", "An entry of this type does not liquidate."
    ),
    TimelineCode(
        "liquidation-suspended",
        "suspension",
        "law",
        "Liquidation suspended",
        "No period runs while it is suspended.",
        "cbp",
        lapse="Nothing by itself: an entry that is suspended is not deemed liquidated.",
    ),
    TimelineCode(
        "liquidation-planned",
        "liquidation",
        "policy",
        "Scheduled liquidation",
        "The cycle that is to liquidate it.",
        "cbp",
        lapse="The cycle liquidates as entered, or by the decision of a review.",
    ),
    TimelineCode(
        "informal-liquidation",
        "liquidation",
        "law",
        "Liquidation of an informal entry",
        "It liquidates by payment or release.",
    ),
    TimelineCode(
        "period-ends",
        "liquidation",
        "law",
        "End of the period to liquidate",
        "Then it is deemed liquidated as entered.",
        "cbp",
        lapse="Deemed liquidated at the rate, value, quantity and amount of duties that the importer asserted.",
    ),
    TimelineCode(
        "extension-cap",
        "extension",
        "law",
        "No extension reaches beyond",
        "Four years from entry.",
        "cbp",
        lapse="Deemed liquidated as entered, unless it is suspended then.",
    ),
    TimelineCode(
        "act-judged", "liquidation", "law", "An act that may not stand", "What the rules say of an act on record."
    ),
    TimelineCode(
        "reliquidation-until",
        "finality",
        "law",
        "Own motion of CBP until",
        "The last day to reliquidate unasked.",
        "cbp",
        lapse="CBP loses the power to reliquidate on its own motion.",
    ),
    TimelineCode(
        "final-for-cbp", "finality", "law", "Final for CBP", "From here on CBP reliquidates only if the law says so."
    ),
    TimelineCode("final-for-everyone", "finality", "law", "Final for everyone", "No protest or suit can change it."),
    TimelineCode(
        "protest-until",
        "protest",
        "law",
        "Last day to protest",
        "A later protest is out of time.",
        "importer",
        lapse="The liquidation is final; a late protest is out of time, not denied on its merits.",
    ),
    TimelineCode(
        "protest-until-reliquidation",
        "protest",
        "law",
        "Last day to protest a reliquidation",
        "Only what the reliquidation decided.",
        "importer",
        lapse="What the reliquidation decided is final; older issues stay final.",
    ),
    TimelineCode(
        "protest-until-surety",
        "protest",
        "law",
        "Last day for the surety to protest",
        "Counted from the demand on it.",
        "surety",
        lapse="The surety can no longer protest.",
    ),
    TimelineCode(
        "protest-decision-due",
        "protest",
        "law",
        "Protest to be decided",
        "Two years; nothing follows by law.",
        "cbp",
        lapse="Nothing follows by law: the protest is neither allowed nor denied.",
    ),
    TimelineCode(
        "suit-until",
        "protest",
        "law",
        "Last day to sue",
        "Counted from the denial of a protest.",
        "importer",
        lapse="An action is barred; no request stops this clock.",
    ),
    TimelineCode(
        "protest-amend-until",
        "protest",
        "law",
        "Protest can be widened until",
        "Categories and review added.",
        "importer",
        lapse="It cannot be added any more.",
    ),
    TimelineCode(
        "protest-deemed-denied",
        "protest",
        "law",
        "Protest deemed denied",
        "Denied by law unless decided by then.",
        "cbp",
        lapse="Treated as denied at the end of the day.",
    ),
    TimelineCode(
        "protest-forward-by",
        "protest",
        "goal",
        "Protest to be forwarded",
        "An alert only: nothing hangs on it.",
        "cbp",
        lapse="Nothing: an alert only.",
    ),
    TimelineCode(
        "set-aside-until",
        "protest",
        "law",
        "Setting aside asked for until",
        "Of a refusal of further review.",
        "importer",
        lapse="The refusal of further review stands.",
    ),
    TimelineCode(
        "set-aside-answered-by",
        "protest",
        "law",
        "Setting aside answered by",
        "Then it is treated as refused.",
        "cbp",
        lapse="Treated as refused.",
    ),
    TimelineCode(
        "protest-refund-due",
        "protest",
        "law",
        "Refund of an allowed protest due",
        "What was allowed is refunded.",
        "cbp",
        lapse="The refund bears interest against CBP.",
    ),
    TimelineCode(
        "void-denial-until",
        "protest",
        "law",
        "Voiding of a denial asked for until",
        "19 USC 1515(d).",
        "importer",
        lapse="Only CBP itself can void the denial.",
    ),
    TimelineCode(
        "bill-due",
        "money",
        "law",
        "Bill due",
        "After it the bill bears interest.",
        "importer",
        lapse="The bill is delinquent and bears interest, whether protested or not; the surety is asked.",
    ),
    TimelineCode(
        "refund-due",
        "money",
        "law",
        "Refund due",
        "After it the refund bears interest.",
        "cbp",
        lapse="The refund bears interest against CBP.",
    ),
    TimelineCode(
        "tib-ends",
        "special",
        "law",
        "Temporary importation ends",
        "The goods are exported or destroyed by then.",
        "importer",
        lapse="Breach of the bond, unless the goods were exported or destroyed before.",
    ),
    TimelineCode(
        "reconciliation-due",
        "special",
        "law",
        "Reconciliation due",
        "What was left open is settled by then.",
        "importer",
        lapse="Liquidated damages for a missed reconciliation; for a trade agreement the right under 1520(d) is lost.",
    ),
)
"""Days that bind or are to be seen, past and to come."""

TIMELINE_CODES: Final[Mapping[str, TimelineCode]] = MappingProxyType({each.code: each for each in (*ACTS, *DAYS)})

CODE_OF_PROTEST_RULE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "protest-decide-2y": "protest-decision-due",
        "summons-180": "suit-until",
        "protest-amend": "protest-amend-until",
        "afr-file": "protest-amend-until",
        "protest-accel-30": "protest-deemed-denied",
        "protest-exclusion-30": "protest-deemed-denied",
        "afr-forward": "protest-forward-by",
        "afr-complaint-1515c": "set-aside-until",
        "afr-complaint-answer": "set-aside-answered-by",
        "protest-allow": "protest-refund-due",
        "void-1515d": "void-denial-until",
    }
)
"""The code of each clock of a protest, by the rule that sets it."""

UNDATED: Final = frozenset({"not-liquidating", "act-judged"})
"""Codes that say something of the entry and have no day, known or not."""


def find_code(word: str) -> TimelineCode:
    """The code of an act by the word that the record has for it; one that only a later release knows shows itself."""
    return TIMELINE_CODES.get(word) or TimelineCode(
        word, "liquidation", "act", word, "A later release says what it is."
    )
