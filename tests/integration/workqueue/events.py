"""The events that the work queue reads, as their producers send them, with what a test varies."""

from collections.abc import Sequence
from typing import Any, Final

from services.routing.domain.authority import authority_for_process
from services.routing.domain.decisions import Move, tell_move
from shared.contracts.envelope import Event
from shared.customs.centers import PENDING
from tests.support.events import FUTURE_WORD
from tests.support.produced.routing import TODAY
from tests.support.recorded import move_entry, recorded, say_unknown, with_

IMPORTER = "07-345678900"
FILED_AT: Final = "2026-03-02T19:03:11Z"

LEGAL_ACTS: Final = {
    "scheduled": "liquidation/scheduled",
    "rescheduled": "liquidation/rescheduled",
    "suspended": "liquidation/suspended-by-injunction",
    "liquidated": "liquidation/liquidated-as-entered",
    "deemed-liquidated": "liquidation/deemed-liquidated",
    "reliquidated": "liquidation/reliquidated-without-change",
}
PROTEST_ACTS: Final = {
    "filed": "liquidation/protest-filed",
    "changed": "liquidation/protest-begin-review",
    "decided": "liquidation/protest-deny",
    "reopened": "liquidation/protest-void-denial",
    "withdrawn": "liquidation/protest-withdraw",
}
_OF_SCHEDULE: Final = {"entry_date": "2026-03-02", "scheduled_on": "2027-01-15", "deemed_on": "2027-03-02"}


def routed(
    entry: str, version: int = 1, processes: Sequence[str] = ("ad-cvd",), *, move: int = 0, **changes: Any
) -> Event[Any]:
    """An entry-routed event: the importer's Center has it, for these processes; `move` times it was moved.

    `lane` follows from the processes unless it is given; `time` and `id` go to the envelope.
    """
    envelope = {"time": FILED_AT} | {name: changes.pop(name) for name in ("id", "time") if name in changes}
    asked = "-with-consultation" if processes and changes.get("consultations") else ""
    lane = changes.pop("lane", "enforcement" if "ad-cvd" in processes else "document-review")
    name = {"enforcement": "for-ad-cvd", "document-review": "for-quota", "no-review": "unreviewed"}[
        lane if processes else "no-review"
    ]
    if asked and lane == "enforcement":
        name = "with-consultation"
    elif asked:
        name += asked
    consulted = ["consultation"] if processes and changes.get("consultations") else []
    needed = [*processes, *consulted]
    given = {
        "entry_number": entry,
        "version": version,
        "processes": processes,
        "authority": {process: authority_for_process(process, TODAY) for process in needed},
        "consultations": [],
        "value_usd": 1000,
    } | changes
    if not processes:
        given["consultations"] = []
    of = "pending" if given.get("center") == PENDING else "of-account"
    if not move:
        return recorded(f"routing/entry-{of}-{name}", **envelope, **given)
    center = given.pop("center", "CEE007")
    return move_entry(recorded(f"routing/entry-of-account-{name}", **given), center, move, **envelope)


def consultation(center: str = "CEE003", **changes: Any) -> dict[str, Any]:
    """Goods on an entry that belong to another Center."""
    return {"center": center, "tariff": "8703230170", "line_count": 2, "value_usd": 400} | changes


def filing_routed(
    number: str = "PD-000001", sequence: int = 1, kind: str = "prior-disclosure", **changes: Any
) -> Event[Any]:
    """A filing-routed event; with a `sequence` above 1 it tells of a move to the Center that is given.

    One that answers a request is a response.
    """
    suffix = "-pending" if changes.get("center") == PENDING else ""
    name = "filing-moved" if sequence > 1 else f"filing-{kind}{suffix}"
    if changes.get("forwarded_from"):
        name = "filing-prior-disclosure-forwarded"
    if sequence == 1 and changes.get("answers_request"):
        name = f"filing-response-to-request{suffix}"
    elif changes.get("goods_center"):
        name = f"filing-{kind}-by-goods"
    given = {"filing_number": number, "sequence": sequence, "importer_number": IMPORTER, "entry_numbers": []}
    event = recorded(f"routing/{name}", **given | changes)
    if sequence == 1:
        return event
    reason, *others = [{name: getattr(each, name) for name in each.__struct_fields__} for each in event.data.reasons]
    told = {"text": tell_move(Move(sequence - 1, event.data.center)), "fact": reason["fact"]}
    return with_(event, id=event.id, reasons=[reason | told, *others])


def legal_act(entry: str, sequence: int = 1, change: str = "scheduled", **changes: Any) -> Event[Any]:
    """An entry-changed event; a schedule is that of an entry of 2 March 2026, unless other days are given."""
    if change == FUTURE_WORD:
        words = {"change": FUTURE_WORD, "to_state": changes.pop("to_state")}
        return say_unknown(legal_act(entry, sequence, **changes), **words)
    days = _OF_SCHEDULE if change in {"scheduled", "rescheduled"} else {}
    return recorded(LEGAL_ACTS[change], **{"entry_number": entry, "sequence": sequence} | days | changes)


def decision_refused(entry: str, decision_id: object, **changes: Any) -> Event[Any]:
    """A decision-refused event: the entry was liquidated before the decision came."""
    return recorded(
        "liquidation/decision-refused", **{"entry_number": entry, "decision_id": str(decision_id)} | changes
    )


def protest_act(number: str, entry: str | None, sequence: int = 1, change: str = "filed", **changes: Any) -> Event[Any]:
    """A protest-changed event."""
    if change == FUTURE_WORD:
        return say_unknown(protest_act(number, entry, sequence, "changed", **changes), change=FUTURE_WORD)
    given = {
        "protest_number": number,
        "sequence": sequence,
        "entries": [entry] if entry else [],
        "received_at": "2027-02-01T12:00:00Z",
        "decide_by": "2029-02-01",
    }
    return recorded(PROTEST_ACTS[change], **given | changes)


def assigned(sequence: int = 1, center: str | None = "CEE003") -> Event[Any]:
    """An account-assigned event: the first, or one that takes the place of another."""
    if center is None:
        name = "account-without-center" if sequence == 1 else "account-without-center-again"
        return recorded(f"routing/{name}", importer_number=IMPORTER, sequence=sequence)
    name = "account-registered" if sequence == 1 else "account-registered-elsewhere"
    return recorded(f"routing/{name}", importer_number=IMPORTER, sequence=sequence, center=center)
