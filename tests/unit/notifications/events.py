"""Events by hand for the wording of notices: what no producer sends together is said together, a field at a time."""

from typing import Any

from shared.contracts.envelope import Event
from tests.support.events import decoded, entry_number

IMPORTER = "07-345678900"
BASIS = {"rule": "liq-cycle-314", "citation": "19 USC 1504(a)"}


def entry_changed(number: str | None = None, change: str = "liquidated", **changes: Any) -> Event[Any]:
    """A legal act on an entry; one of a kind that is posted was posted on its day, unless another is given."""
    number = number or entry_number()
    states = {"liquidated": "liquidated", "deemed-liquidated": "liquidated", "reliquidated": "liquidated"}
    states |= {"suspended": "suspended", "extended": "extended", "liquidation-voided": "suspended"}
    states |= dict.fromkeys(("billed", "bill-overdue", "surety-billed", "refund-changed"), "liquidated")
    data = {
        "entry_number": number,
        "sequence": 2,
        "change": change,
        "importer_number": IMPORTER,
        "filer_code": number[:3],
        "surety_code": "036",
        "entry_type": "01",
        "port_of_entry": "2704",
        "entry_date": "2025-04-25",
        "center": "CEE007",
        "to_state": states.get(change, "scheduled"),
        "occurred_on": "2026-03-06",
        "scheduled_on": "2026-03-06",
        "kind": "no-change" if change in {"liquidated", "reliquidated"} else None,
        "legal_basis": BASIS,
    } | changes
    if change in {"liquidated", "deemed-liquidated", "reliquidated", "suspended", "extended", "liquidation-voided"}:
        data.setdefault("posted_on", data["occurred_on"])
    return decoded("entry-changed", data, id=f"{number}-{data['sequence']}-{change}", time="2026-03-06T20:00:00Z")


def account_assigned(importer: str = IMPORTER, sequence: int = 1, **changes: Any) -> Event[Any]:
    """An account with its Center and its address."""
    data = {
        "importer_number": importer,
        "sequence": sequence,
        "name": "SYNTHETIC IMPORTER 0001",
        "contact_email": "trade@importer.example",
        "center": "CEE007",
        "previous_center": None,
        "basis": "registered",
        "effective_on": "2025-01-01",
    } | changes
    return decoded("account-assigned", data, id=f"{importer}-{sequence}", time="2025-01-01T12:00:00Z")


def protest_changed(change: str = "filed", **changes: Any) -> Event[Any]:
    """A protest that was filed."""
    data = {
        "protest_number": "270426100001",
        "sequence": 1,
        "change": change,
        "state": "open",
        "importer_number": IMPORTER,
        "entries": [entry_number(900_001), entry_number(900_002)],
        "received_at": "2026-03-03T03:00:00Z",
        "decide_by": "2028-03-02",
        "further_review": True,
        "legal_basis": {"rule": "protest-180", "citation": "19 USC 1514(c)(3)"},
    } | changes
    told_at = f"{data['occurred_on']}T15:00:00Z" if "occurred_on" in data else "2026-03-03T03:00:00Z"
    return decoded("protest-changed", data, id=f"{data['protest_number']}-{data['sequence']}", time=told_at)


def protest_decided(act: str, sequence: int = 2, **changes: Any) -> Event[Any]:
    """An act of CBP, or of the law, on a protest."""
    decided = {"deny", "allow", "allow-in-part", "reject", "deem-denied"}
    change = "decided" if act in decided else "reopened" if act == "void-denial" else "changed"
    return protest_changed(
        change,
        **{
            "sequence": sequence,
            "act": act,
            "occurred_on": "2026-05-04",
            "legal_basis": {"rule": "protest-denial-notice", "citation": "19 USC 1515(a), 19 CFR 174.30"},
            "reasons": [{"code": act, "text": "The goods are described by 8471.30."}],
        }
        | changes,
    )


def request_issued(form: str = "CBP-28", **changes: Any) -> Event[Any]:
    """A request for information, or a notice of action."""
    data = {
        "request_id": f"request-{form}",
        "form": form,
        "item_id": "item-1",
        "entry_numbers": [entry_number(900_003)],
        "importer_number": IMPORTER,
        "center": "CEE007",
        "questions": ["What is it made of?"],
        "issued_on": "2026-03-02",
        "due_on": None,
        "issued_by": {"subject": "kim"},
    } | changes
    return decoded("request-issued", data, id=str(data["request_id"]))


def request_changed(form: str = "CBP-28", change: str = "reminded", **changes: Any) -> Event[Any]:
    """What became of a request for information, or a notice of action."""
    data = {
        "request_id": f"request-{form}",
        "sequence": 3,
        "change": change,
        "state": "issued",
        "form": form,
        "item_id": "item-1",
        "entry_numbers": [entry_number(900_003)],
        "importer_number": IMPORTER,
        "center": "CEE007",
        "issued_on": "2026-03-02",
        "due_on": "2026-04-01",
        "actor": {"subject": "kim", "name": "Kim Synthetic"},
        "at": "2026-03-20T15:00:00Z",
    } | changes
    return decoded("request-changed", data, id=f"{data['request_id']}-{data['sequence']}", time=str(data["at"]))


def work_act(process: str, act: str, recorded: dict[str, str] | None = None, **changes: Any) -> Event[Any]:
    """An act on a process of the Center, with what it recorded."""
    data = {
        "item_id": f"item-{process}",
        "sequence": 4,
        "change": "acted",
        "state": "claimed",
        "entry_number": entry_number(900_004),
        "importer_number": IMPORTER,
        "center": "CEE007",
        "division": "validation-and-compliance",
        "process": process,
        "actor": {"subject": "kim", "name": "Kim Synthetic"},
        "at": "2026-03-20T15:00:00Z",
        "act": act,
        "recorded": [{"name": name, "value": value} for name, value in (recorded or {}).items()],
    } | changes
    return decoded("work-item-changed", data, id=f"{process}-{act}", time=str(data["at"]))


def appeal_decided(outcome: str = "upheld", **changes: Any) -> Event[Any]:
    """What Field Operations decided on an appeal."""
    moved = {"center": "CEE005", "effective_on": "2026-04-01"} if outcome == "reassigned" else {}
    data = {
        "appeal_number": "APPEAL-1",
        "importer_number": IMPORTER,
        "outcome": outcome,
        "reasons": ["The predominant goods are machinery."],
        "decided_at": "2026-03-20T15:00:00Z",
    }
    return decoded("appeal-decided", data | moved | changes, id=f"appeal-{outcome}", time="2026-03-20T15:00:00Z")


def broadcast_issued(**changes: Any) -> Event[Any]:
    """A bulletin of a Center to two of its importers."""
    data = {
        "broadcast_id": "broadcast-1",
        "part": 1,
        "center": "CEE005",
        "subject": "SYNTHETIC: mill certificates",
        "text": "SYNTHETIC: give the mill certificate with the first request.",
        "effective_on": "2026-04-01",
        "importer_numbers": [IMPORTER, "08-345678900"],
        "issued_by": {"subject": "dora"},
        "issued_at": "2026-03-20T15:00:00Z",
    }
    return decoded("broadcast-issued", data | changes, id="broadcast-1-1", time="2026-03-20T15:00:00Z")


def event_refused(*, is_barred: bool = False, **changes: Any) -> Event[Any]:
    """A message that has no effect: a correction that is barred, or what is no event of its topic."""
    data: dict[str, Any] = {
        "filer_code": "B76",
        "source": "urn:filer:B76",
        "id": "message-1",
        "type": "gov.cbp.entry.corrected.v1",
        "topic": "entry-corrected",
        "code": "psc-window" if is_barred else "invalid-event",
        "reason": "version 2 does not govern: the time to correct has passed",
        "faults": [{"field": "data.lines[2].tariffs[1].hts", "code": "hts", "right": "ten digits", "came": "84.71"}],
        "remedy": "Protest after liquidation.",
        "refused_at": "2026-03-20T15:00:00Z",
    }
    data |= {"entry_number": entry_number(900_005)} if is_barred else {"partition": 0, "offset": 7}
    return decoded("event-refused", data | changes, id=f"refused-{is_barred}", time="2026-03-20T15:00:00Z")
