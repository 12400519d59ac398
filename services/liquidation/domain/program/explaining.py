"""What a declarant is told of a row: the fact, the citation, what to do, for each stable code."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from services.liquidation.domain.program.judging import AFTER_CODES

OWN: Final = "own rule of Centerline"


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a code means: the fact with its place for details, where the rule stands, what to do."""

    fact: str
    citation: str
    remedy: str


_PROTEST: Final = "Protest the liquidation by the last day, if it is not over (19 USC 1514)."
_BY_ITSELF: Final = "Nothing: it is judged again by itself."

CODES: Final[Mapping[str, Explanation]] = MappingProxyType(
    {
        "number-malformed": Explanation(
            "It is no entry number: three characters of the filer, seven digits, one check digit.",
            "CATAIR AE Table 1",
            "Correct the row and send it in another declaration.",
        ),
        "digits-lost": Explanation(
            "A spreadsheet took the number for a quantity and lost digits, which nobody can know.",
            OWN,
            "Format the column as text, take the numbers from their source, and send these rows again.",
        ),
        "check-digit": Explanation(
            "The check digit does not follow from the number.",
            "CATAIR AE Table 1",
            "Compare it with the entry summary and send the row in another declaration.",
        ),
        "repeated": Explanation(
            "The declaration names the entry on an earlier row.", OWN, "Nothing: the earlier row counts."
        ),
        "unknown-entry": Explanation(
            "No summary of this entry has come.",
            OWN,
            "Nothing until the last day: it is judged by itself when the summary comes. Then compare the number.",
        ),
        "not-yours": Explanation(
            "The declarant is neither importer of record nor filer of the entry.",
            "the program's own rule of who declares",
            "Let the importer or the filer of the entry declare it.",
        ),
        "already-declared": Explanation(
            "An earlier declaration asks for it, which stands.", OWN, "Nothing: the earlier one counts."
        ),
        "entered-outside": Explanation(
            "The goods were entered outside the days of the program.", "the program's order", _PROTEST
        ),
        "no-heading": Explanation(
            "No duty that the program removes stands on its goods.",
            "the program's order",
            "If the summary is wrong, correct it while it can be, or protest by the last day.",
        ),
        "heading-out-of-dates": Explanation(
            "The heading is the program's, but not on the day on which these goods were entered.",
            "the program's order",
            _PROTEST,
        ),
        "entry-type": Explanation(
            "The program does not take this type of entry.",
            "the program's order",
            "For a warehouse entry ask for its withdrawals; else protest in time.",
        ),
        "protest-open": Explanation(
            "A protest on the entry is open.",
            "the program's order",
            "Wait for its decision, or withdraw it: then the entry is judged again by itself, by the same receipt.",
        ),
        "drawback-designated": Explanation(
            "A drawback claim names the entry, so its duty may be refunded already.",
            "19 USC 1313",
            "Settle with the drawback team which of the two refunds stands.",
        ),
        "reconciliation-filed": Explanation(
            "A reconciliation of the entry is on file and settles its duty.",
            "the program's order",
            "Ask for the refund with the reconciliation.",
        ),
        "lifted-pending": Explanation(
            "Its suspension was lifted, and it liquidates within six months of the notice.",
            "19 USC 1504(d)",
            _BY_ITSELF,
        ),
        "surety-paid": Explanation(
            "A surety has paid on the entry, and it is not settled whose the refund is.",
            "19 CFR 24.36",
            "Settle with the Center who the payee is.",
        ),
        "under-correction": Explanation(
            "A correction of the entry came and could not be read.",
            OWN,
            "The filer sends the correction again in order; then the entry is judged again by itself.",
        ),
        "effects-overlap": Explanation(
            "A decision of a person or another program lowers the duty as well: neither is applied twice.",
            OWN,
            "Wait until the other program has posted, or a person of the Center has settled which of the two stands.",
        ),
        "stacking-revives": Explanation(
            "Without this duty another one may be owed on the line.",
            "the program's order",
            "Wait until a person of the Center has looked at the line.",
        ),
        "base-duty-missing": Explanation(
            "Less than the general rate stands under the number of the goods: the heading may hold the ordinary duty.",
            OWN,
            "Wait until a person of the Center has looked at the line.",
        ),
        "not-the-product": Explanation(
            "A person found that the goods are not the product that the order describes.",
            "the program's order",
            "Send the Center what shows that they are, or protest in time.",
        ),
        "final-1501": Explanation(
            "CBP's own power over the liquidation does not reach it any more; protest is open.",
            "19 USC 1501",
            "Protest by the last day (19 USC 1514).",
        ),
        "final-1514": Explanation(
            "The liquidation is final for everybody.",
            "19 USC 1514(a)",
            "Nothing, unless a judgment names the importer.",
        ),
        "cohort-off": Explanation(
            "The program does not take such entries yet, or not any more.",
            "the program's order",
            "Nothing: it is kept, and judged again by itself when the program takes them. Mind the day to protest.",
        ),
        "too-near-day-90": Explanation(
            "It was accepted, and CBP's power was over before it was posted.",
            "19 USC 1501",
            "Protest by the last day (19 USC 1514).",
        ),
        "not-answered": Explanation(
            "The program offered the refund, and nobody answered by the last day.",
            "the program's own rule of answers",
            _PROTEST,
        ),
    }
)
"""What each code of a row means."""

AFTER_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {code: CODES[code].fact for code in AFTER_CODES if code in CODES}
    | {"amount-differs": "By what is known now the program would remove another amount."}
)
"""What each code of a fact means that came after the posting."""

NOTE_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "nothing-to-refund": "No money stands under the heading: nothing is reliquidated.",
        "waits-suspension": "The duty is removed; it is refunded when the entry liquidates after its suspension.",
        "waits-warehouse": "The duty is removed; it is refunded when the withdrawal liquidates.",
        "waits-review": "A person of the Center looks at it first.",
        "waits-answer": "The program offers the refund: the importer accepts, declines or contests it by the last day.",
        "waits-contest": "The importer contests what was reckoned: a person of the Center looks at it.",
        "money-open": "The day of a payment is not known: interest is reckoned when it is recorded.",
        "payee-not-ready": "The payee cannot be paid by ACH: enroll, or complete the bank data, in the ACE account.",
        "payee-unknown": "Nothing is recorded of how the payee is paid: check the enrollment in the ACE account.",
    }
)
"""What each note on an accepted entry means."""

STATE_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "read": "Still to be judged.",
        "dropped": "Not taken, with the reason.",
        "withdrawn": "Taken back by the declarant.",
        "nothing": "Taken; no money stands under the heading.",
        "waiting": "Taken; it waits for something, as its notes say.",
        "due": "Taken; it is posted on a coming day.",
        "posted": "Posted: liquidated or reliquidated without the duty.",
    }
)
"""What each state of a row means."""

ACT_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "refuse": "It is not taken.",
        "with-warehouse-entry": "The duty is removed; the refund comes when the withdrawal liquidates.",
        "at-cycle": "The duty is removed; the refund comes when the weekly cycle liquidates it.",
        "liquidate": "It is liquidated without the duty.",
        "reliquidate": "It is liquidated anew, without the duty.",
    }
)
"""What follows for an entry that a cohort takes, by the act of the cohort."""


def describe_code(code: str | None, *, earlier: str | None = None, headings: str | None = None) -> str | None:
    """The fact behind a code, with the earlier declaration or the chapter 99 numbers that were found.

    >>> describe_code("already-declared", earlier="d-1")
    'An earlier declaration asks for it, which stands: d-1.'
    """
    if code is None:
        return None
    fact = CODES[code].fact
    if code == "already-declared" and earlier is not None:
        return f"{fact[:-1]}: {earlier}."
    if code in ("no-heading", "heading-out-of-dates") and headings is not None:
        return f"{fact} Found: {headings or 'no number of chapter 99'}."
    return fact
