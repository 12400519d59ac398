"""The words of a notice: its subject line and its facts, labelled, in the order in which a reader needs them."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from services.notifications.domain.catalogue import CATALOGUE
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
}
_KINDS: Final[Mapping[str, str]] = {
    "no-change": "No change",
    "increase": "Increase",
    "refund": "Refund",
    "deemed": "As asserted by the importer of record",
}
_LABELS: Final[tuple[tuple[str, str], ...]] = (
    ("entry_type", "Entry type"),
    ("port_of_entry", "Port of entry"),
    ("entry_date", "Entry date"),
    ("liquidated_on", "Date of liquidation"),
    ("previous_scheduled_on", "Scheduled before for"),
    ("scheduled_on", "Scheduled for"),
    ("deemed_on", "Liquidated by law unless liquidated before"),
    ("duty_effect_usd", "Change in duty (USD)"),
    ("fees_effect_usd", "Change in fees (USD)"),
    ("protest_number", "Protest number"),
    ("received_on", "Received on"),
    ("decide_by", "To be decided by"),
    ("request_id", "Request"),
    ("previous_center", "Center before"),
    ("effective_on", "In effect from"),
)


def subject_line(kind: str, subject: str, entry_numbers: tuple[str, ...]) -> str:
    """The subject of a mail. It never holds an importer number.

    >>> subject_line("N-09", "B7603245278", ("B7603245278",))
    'Courtesy notice of liquidation: entry B7603245278'
    """
    name = CATALOGUE[kind].name
    if kind == "N-16":
        return f"{name}: {subject}"
    if len(entry_numbers) == 1:
        return f"{name}: entry {entry_numbers[0]}"
    return f"{name}: {len(entry_numbers)} entries" if entry_numbers else name


def facts_of(
    *,
    entry_numbers: tuple[str, ...],
    importer_number: str,
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
            facts.append((label, str(body[name])))
    if body.get("further_review"):
        facts.append(("Further review", "requested"))
    if due_on is not None:
        facts.append(("Reply by" if "request_id" in body else "Protest by", due_on.isoformat()))
    return facts


def _center(code: str) -> str:
    known = centers().get(code)
    return f"{code} ({known.name}, {known.office_city})" if known else code
