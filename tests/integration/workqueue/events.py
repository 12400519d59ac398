"""Builders of the events that the work queue reads."""

from typing import Any

from shared.contracts.envelope import Event
from tests.support.events import decoded

IMPORTER = "07-345678900"


def routed(entry: str, version: int = 1, processes: tuple[str, ...] = ("ad-cvd",), **changes: Any) -> Event[Any]:
    """An entry-routed event; `time` and `id` go to the envelope."""
    envelope = {name: changes.pop(name) for name in ("id", "time") if name in changes}
    data = {
        "entry_number": entry,
        "version": version,
        "importer_number": IMPORTER,
        "entry_type": "01",
        "port_of_entry": "2704",
        "entry_date": "2026-03-02",
        "center": "CEE007",
        "basis": "account",
        "division": "enforcement",
        "lane": "enforcement" if processes else "no-review",
        "processes": list(processes),
        "reasons": [],
        "rule_versions": {"criteria": "2026.1"},
        "value_usd": 1000,
        "duty_usd": "25.00",
        "line_count": 1,
    } | changes
    return decoded("entry-routed", data, **envelope)


def consultation(center: str = "CEE003", **changes: Any) -> dict[str, Any]:
    """Goods on an entry that belong to another Center."""
    return {"center": center, "tariff": "8703230170", "line_count": 2, "value_usd": 400} | changes


def filing_routed(number: str = "PD-000001", sequence: int = 1, **changes: Any) -> Event[Any]:
    """A filing-routed event."""
    envelope = {name: changes.pop(name) for name in ("id", "time") if name in changes}
    data = {
        "filing_number": number,
        "sequence": sequence,
        "kind": "prior-disclosure",
        "importer_number": IMPORTER,
        "entry_numbers": [],
        "center": "CEE007",
        "basis": "account",
        "division": "validation-and-compliance",
        "process": "prior-disclosure",
        "authority": "prior-disclosure-center",
        "received_at": "2026-03-02T12:00:00Z",
        "clocks": [clock("pd-tender", "2026-05-01"), clock("pd-unknown-data", "2026-04-01")],
        "reasons": [{"code": "account", "text": "The importer's account is with CEE007."}],
    } | changes
    return decoded("filing-routed", data, **envelope)


def clock(rule: str, due_on: str) -> dict[str, Any]:
    """A clock of a filing."""
    return {"rule": rule, "citation": "19 CFR 162.74", "what": "Synthetic.", "due_on": due_on, "evidence": "M"}


def legal_act(entry: str, sequence: int = 1, change: str = "scheduled", **changes: Any) -> Event[Any]:
    """An entry-changed event."""
    envelope = {name: changes.pop(name) for name in ("id", "time") if name in changes}
    is_over = change in {"liquidated", "deemed-liquidated", "reliquidated"}
    data = {
        "entry_number": entry,
        "sequence": sequence,
        "change": change,
        "importer_number": IMPORTER,
        "filer_code": entry[:3],
        "entry_type": "01",
        "port_of_entry": "2704",
        "entry_date": "2026-03-02",
        "to_state": "liquidated" if is_over else "scheduled",
        "occurred_on": "2026-03-02",
        "scheduled_on": "2027-01-15",
        "legal_basis": {"rule": "liq-cycle-314", "citation": "81 FR 89375"},
    } | changes
    return decoded("entry-changed", data, **envelope)


def protest_act(number: str, entry: str | None, sequence: int = 1, change: str = "filed", **changes: Any) -> Event[Any]:
    """A protest-changed event."""
    envelope = {name: changes.pop(name) for name in ("id", "time") if name in changes}
    data = {
        "protest_number": number,
        "sequence": sequence,
        "change": change,
        "state": change,
        "importer_number": IMPORTER,
        "entries": [entry] if entry else [],
        "received_at": "2027-02-01T12:00:00Z",
        "decide_by": "2029-02-01",
        "legal_basis": {"rule": "protest-decide", "citation": "19 USC 1515(a)"},
    } | changes
    return decoded("protest-changed", data, **envelope)


def assigned(sequence: int = 1, center: str | None = "CEE003", **changes: Any) -> Event[Any]:
    """An account-assigned event."""
    data = {
        "importer_number": IMPORTER,
        "sequence": sequence,
        "name": "SYNTHETIC IMPORTER 0001",
        "center": center,
        "previous_center": None,
        "basis": "registered" if center else "unaligned",
        "effective_on": "2025-01-01",
    } | changes
    return decoded("account-assigned", data)
