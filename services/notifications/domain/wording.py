"""The words of a notice: its subject line and its facts, labelled, in the order in which a reader needs them."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.languages import DEFAULT, label_in, name_in
from shared.customs.centers import centers
from shared.customs.importer_number import mask_importer_number

MOST_ENTRIES: Final = 50
"""Entries that are listed by number; a notice on more says how many more."""

_CHANGES: Final[Mapping[str, str]] = {
    "liquidated": "Liquidated",
    "deemed-liquidated": "Liquidated by operation of law",
    "reliquidated": "Reliquidated",
    "suspended": "Suspended",
    "extended": "Extended",
    "rescheduled": "Rescheduled",
    "suspension-lifted": "Suspension removed",
    "liquidation-voided": "Liquidation without effect",
    "corrected-by-other-filer": "Corrected by another filer",
    "billed": "Billed",
    "bill-overdue": "Bill unpaid",
    "surety-billed": "Demanded of the surety",
    "refund-changed": "Refund",
    "preference-claim-decided": "Claim for preference decided",
}
_KINDS: Final[Mapping[str, str]] = {
    "no-change": "No change",
    "increase": "Increase",
    "refund": "Refund",
    "deemed": "As asserted by the importer of record",
}
_VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "refund_state": {
        "waiting-for-enrollment": "waits for what is missing",
        "ready": "can be paid, waits to be certified",
    },
    "paid_to": {"designee": "whom you and the entries name", "importer": "you"},
    "missing": {
        "interest-rate": "the interest rate of a day up to the liquidation",
        "payee-kind": "whether the importer of record is a corporation",
        "deposit-date": "the day on which the deposit was made",
        "deposit-due-date": "the day by which the deposit was due",
        "case-order-date": "the day on which the antidumping or countervailing order was published",
        "finding": "what was found, by class of duty and fee",
        "payee": "who the refund goes to",
        "ach-enrollment": "an enrollment for ACH refunds in the ACE account",
        "bank-data": "valid bank data of the ACH enrollment in the ACE account",
    },
    "act": {
        "deny": "denied",
        "allow": "allowed",
        "allow-in-part": "allowed in part",
        "reject": "rejected",
        "deem-denied": "denied by operation of law",
        "void-denial": "denial voided",
        "refuse-further-review": "further review refused",
        "grant-further-review": "further review granted",
        "set-aside": "refusal of further review set aside",
        "refuse-set-aside": "refusal of further review stands",
    },
    "further_review_state": {
        "none": "not asked for",
        "fell-away": "fell away with the denial",
        "set-aside-requested": "refused, asked to be set aside",
        "set-aside-refused": "refused, not set aside",
    },
}
_LABELS: Final[tuple[tuple[str, str], ...]] = (
    ("entry_type", "Entry type"),
    ("port_of_entry", "Port of entry"),
    ("entry_date", "Entry date"),
    ("state", "The entry is now"),
    ("voided_liquidation_on", "Date of the liquidation without effect"),
    ("corrected_by", "Corrected by filer"),
    ("occurred_on", "As of"),
    ("liquidated_on", "Date of liquidation"),
    ("posted_on", "Notice posted on"),
    ("previous_scheduled_on", "Scheduled before for"),
    ("scheduled_on", "Scheduled for"),
    ("deemed_on", "Liquidated by law unless liquidated before"),
    ("protest_number", "Protest number"),
    ("act", "Decision"),
    ("duty_effect_usd", "Change in duty (USD)"),
    ("fees_effect_usd", "Change in fees (USD)"),
    ("interest_usd", "Interest (USD, positive is due to CBP)"),
    ("total_usd", "Change in all (USD, positive is due to CBP)"),
    ("bill_number", "Bill"),
    ("bill_due_on", "Bill due on"),
    ("bill_open_usd", "Open on the bill (USD)"),
    ("protest_by", "Protest the liquidation by (safe last day)"),
    ("refund_number", "Refund"),
    ("refund_state", "State of the refund"),
    ("refund_usd", "Refund with interest (USD)"),
    ("missing", "Missing"),
    ("received_on", "Received on"),
    ("decide_by", "To be decided by"),
    ("denied_on", "Denied on"),
    ("further_review_state", "Further review"),
    ("request_id", "Request"),
    ("letter_of", "Letter of"),
    ("filing_number", "Filing"),
    ("appeal_number", "Appeal"),
    ("status", "Status"),
    ("message", "Message"),
    ("topic", "Topic"),
    ("code", "Code"),
    ("remedy", "What to do"),
    ("previous_center", "Center before"),
    ("effective_on", "In effect from"),
    ("webhook_id", "Webhook"),
    ("host", "Goes to"),
    ("answer_at", "Say how it was at"),
    ("program", "Program"),
    ("payment", "Payment"),
    ("remittance", "On the bank line"),
    ("paid_to", "Paid to"),
    ("posting_day", "Posting day"),
    ("refunds", "Refunds in it"),
    ("removed_usd", "Duty removed (USD)"),
    ("in_interest_usd", "Interest in it (USD)"),
    ("other_usd", "What else the same liquidations changed (USD, negative is due to CBP)"),
    ("delay_usd", "Interest for delay (USD)"),
    ("offset_usd", "Set off (USD)"),
    ("net_usd", "To the bank (USD)"),
    ("statement", "Statement"),
    ("declaration_id", "Declaration"),
    ("rows", "Rows"),
    ("accepted", "Accepted"),
    ("dropped", "Dropped"),
    ("payees_not_ready", "Payees that cannot be paid"),
    ("results", "Each row"),
    ("comes_near", "What comes near"),
    ("days_before", "Days before it"),
    ("when_it_passes", "When the day passes"),
)
_CLASSES: Final[Mapping[str, str]] = {
    "duty": "duty",
    "additional-duty": "additional duty",
    "antidumping": "antidumping duty",
    "countervailing": "countervailing duty",
    "duty-unspecified": "duty, class not named",
    "fees-unspecified": "fees, class not named",
}
_DUE: Final[Mapping[str, str]] = {
    "N-03": "Reply by",
    "N-04": "Reply by",
    "N-05": "Send again by",
    "N-06": "Produce them by",
    "N-09": "Protest by (safe last day)",
    "N-13": "Protest by (safe last day)",
    "N-17": "Sue by (safe last day)",
    "N-18": "Ask for the refusal to be set aside by (safe last day)",
    "N-19": "Sue by (safe last day)",
    "N-20": "Begin a suit by (safe last day)",
    "N-21": "Answer or protest by (safe last day)",
    "N-24": "Complete it by (safe last day)",
    "N-25": "Tender by (safe last day)",
    "N-26": "File it by (safe last day)",
    "N-28": "Answer by (safe last day)",
    "N-29": "Reply by (safe last day)",
    "N-30": "Petition by (safe last day)",
    "N-31": "Pay or petition again by (safe last day)",
    "N-34": "Last day to pay without delinquency",
    "N-36": "Surety's protest by (safe last day)",
    "N-38": "Export or destroy the goods by",
    "N-40": "Sue on the denial by (safe last day)",
    "N-43": "Set off from",
    "N-45": "The day (safe day)",
}
"""What the due day of each kind is; a safe day is never moved for a weekend or holiday."""
_OF_PROTESTS: Final = frozenset({"N-16", "N-17", "N-18", "N-19", "N-40"})


def subject_line(kind: str, subject: str, entry_numbers: tuple[str, ...], language: str = DEFAULT) -> str:
    """The subject of a mail. It never holds an importer number.

    >>> subject_line("N-09", "B7603245278", ("B7603245278",))
    'Courtesy notice of liquidation: entry B7603245278'
    """
    name = name_in(language, kind, CATALOGUE[kind].name)
    if kind in _OF_PROTESTS:
        return f"{name}: {subject}"
    if len(entry_numbers) == 1:
        return f"{name}: {label_in(language, 'Entry').lower()} {entry_numbers[0]}"
    several = label_in(language, "Entries").lower()
    return f"{name}: {len(entry_numbers)} {several}" if entry_numbers else name


def facts_of(
    *,
    kind: str,
    entry_numbers: tuple[str, ...],
    importer_number: str | None,
    center: str | None,
    issued_on: date,
    due_on: date | None,
    body: Mapping[str, Any],
) -> list[tuple[str, str]]:
    """Label and value of each fact."""
    facts = []
    if entry_numbers:
        shown = ", ".join(entry_numbers[:MOST_ENTRIES])
        more = len(entry_numbers) - MOST_ENTRIES
        facts.append(
            ("Entry" if len(entry_numbers) == 1 else "Entries", f"{shown} and {more} more" if more > 0 else shown)
        )
    if importer_number is not None:
        facts.append(("Importer number", mask_importer_number(importer_number)))
    if center is not None:
        facts.append(("Center", _center(center)))
    facts.append(("Issued on", issued_on.isoformat()))
    if "change" in body:
        what = _CHANGES.get(body["change"], body["change"])
        facts.append(
            ("What happened", f"{what}: {_KINDS[body['kind']].lower()}" if body.get("kind") in _KINDS else what)
        )
    for name, label in _LABELS:
        if name in body:
            facts.append((label, _value(name, str(body[name]))))
        if name == "fees_effect_usd":
            facts += [(f"of which {_class(code)} (USD)", change) for code, change in body.get("by_class", {}).items()]
    decided = body.get("outcomes", ())
    for each in decided[:MOST_ENTRIES]:
        line = f", line {each['line_number']}" if "line_number" in each else ""
        facts.append((f"Entry {each['entry_number']}{line}", f"{each['outcome']}: {each['reasons']}"))
    if len(decided) > MOST_ENTRIES:
        facts.append(("Decided on", f"{len(decided) - MOST_ENTRIES} more entries or lines"))
    if body.get("further_review"):
        facts.append(("Further review", "requested"))
    if due_on is not None:
        facts.append((_DUE.get(kind, "Due on"), due_on.isoformat()))
    return facts


_TOLD: Final[Mapping[str, str]] = {
    "reject_reason": "Reason (CATAIR UC)",
    "uc_reason": "Reason (CATAIR UC)",
    "documents": "Kind of request (CATAIR UC)",
    "is_oral": "Made orally",
    "issue": "Issue",
}


def told_of(body: Mapping[str, Any], language: str = DEFAULT) -> list[tuple[str, str]]:
    """What an act recorded and the notice tells, labelled: `decided_usd` is told as Decided (USD).

    What a Center wrote in a second language itself stands before the English that governs.
    """
    translated = body.get("translated", {}).get(language, ())
    return [(label_in(language, _told_label(name)), value) for name, value in (*translated, *body.get("recorded", ()))]


def _told_label(name: str) -> str:
    if name in _TOLD:
        return _TOLD[name]
    is_money = name.endswith("_usd")
    label = name.removesuffix("_usd").replace("_", " ").capitalize()
    return f"{label} (USD)" if is_money else label


def who_has_it(center: str | None, contact: str | None) -> str:
    """Who works on it: the Center with its city, and the person who acted where that is known."""
    place = _center(center) if center is not None else "CBP"
    return f"{place}, {contact}" if contact is not None else place


def _value(name: str, value: str) -> str:
    return _VALUES.get(name, {}).get(value, value)


def _class(code: str) -> str:
    return _CLASSES.get(code, f"class {code}")


def _center(code: str) -> str:
    known = centers().get(code)
    return f"{code} ({known.name}, {known.office_city})" if known else code
