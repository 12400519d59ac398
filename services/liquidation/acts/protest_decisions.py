"""The decision on a protest: what is recommended for each entry, what may be allowed, and what that changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from services.liquidation.acts.granted_changes import reliquidate_granted
from services.liquidation.acts.refusals import conflict, refused
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.domain.protest.filing import Filing
from services.liquidation.domain.protest.record import LineDecision
from services.liquidation.domain.protest.timeliness import Verdict
from services.liquidation.store import protests as store
from services.liquidation.store import records
from shared.db.transaction import Transaction
from shared.runtime.identity import Identity

REASON_PROTEST_ALLOWED: Final = "63"
"""CBP's reason code of a reliquidation on an allowed protest."""


def cover_every_entry(filing: Filing, details: Mapping[str, Any], *, is_for_group: bool) -> list[dict[str, Any]]:
    """A decision item for every entry: as given, the others by `otherwise`; raises `Refused` for what is left open.

    A recommendation for a group may name entries of its other protests.
    """
    items = [dict(each) for each in details.get("items", ()) if each["entry_number"] in filing.entries]
    foreign = [each["entry_number"] for each in details.get("items", ()) if each["entry_number"] not in filing.entries]
    if foreign and not is_for_group:
        raise refused("protest-multi-entry", "not-protested", f"Not protested: {', '.join(foreign)}.", "Leave it out.")
    named = {each["entry_number"] for each in items}
    left = [each for each in filing.entries if each not in named]
    if left and details.get("otherwise") is None:
        text = f"The recommendation does not say what becomes of {', '.join(left[:20])}."
        raise refused("protest-decide-2y", "entries-left-open", text, "Name them, or say what holds `otherwise`.")
    items += [
        {
            "entry_number": each,
            "line_number": None,
            "outcome": details["otherwise"],
            "reasons": details["reasons"],
            "change_duty_usd": "0.00",
            "change_fees_usd": "0.00",
        }
        for each in left
    ]
    keys = [(each["entry_number"], each.get("line_number") or 0) for each in items]
    whole = {number for number, line in keys if line == 0}
    if len(set(keys)) < len(keys) or any(line and number in whole for number, line in keys):
        text = "An entry or line is decided twice."
        raise refused("protest-decide-2y", "decided-twice", text, "Decide an entry as a whole, or by its lines.")
    return sorted(items, key=lambda each: (each["entry_number"], each.get("line_number") or 0))


async def demand_decidable(tx: Transaction, verdicts: Sequence[Verdict], lines: Sequence[LineDecision]) -> None:
    """Refuse to allow what is out of time, to change money where nothing is allowed, and lines that are none.

    Rule final-1514 [S], 19 USC 1514(a): without a protest in time the liquidation is final for everyone.
    """
    times = {each.entry_number: each for each in verdicts}
    for each in lines:
        verdict = times[each.entry_number]
        if each.outcome == "allowed" and verdict.timeliness not in ("timely", "arguable"):
            text = f"Entry {each.entry_number} was not protested in time: {verdict.why}."
            raise conflict("final-1514", "not-in-time", text, "Deny it for this entry.")
        if each.outcome == "denied" and (each.change_duty_cents or each.change_fees_cents):
            text = f"Entry {each.entry_number} is denied with a change of money."
            raise refused("protest-allow", "money-without-allowance", text, "Only what is allowed changes money.")
    numbered = [(each.entry_number, each.line_number) for each in lines if each.line_number]
    missing = await store.find_missing_lines(tx, numbered) if numbered else []
    if missing:
        named = ", ".join(f"line {line} of {number}" for number, line in missing[:20])
        raise refused("protest-decide-2y", "no-such-line", f"There is no {named}.", "Name lines of the summary.")


async def reliquidate_allowed(
    tx: Transaction,
    now: datetime,
    protest_number: str,
    lines: Sequence[LineDecision],
    caller: Identity,
    authority: str,
    policy: MoneyPolicy,
) -> tuple[int, int] | None:
    """Reliquidate the entries on which something was allowed, under reason 63, and give the change in all, in cents.

    None when nothing was allowed. Where a refusal or an exclusion was protested there is no liquidation to change.
    """
    changes: dict[str, tuple[int, int]] = {}
    for each in lines:
        if each.outcome == "allowed":
            duty, fees = changes.get(each.entry_number, (0, 0))
            changes[each.entry_number] = (duty + each.change_duty_cents, fees + each.change_fees_cents)
    if not changes:
        return None
    rows = await records.lock_entries(tx, sorted(changes), create=False)
    liquidated = {number for number, row in rows.items() if row.liquidated_on is not None}
    await reliquidate_granted(
        tx,
        now,
        rows,
        {number: change for number, change in changes.items() if number in liquidated},
        "allowed-protest",
        f"reason {REASON_PROTEST_ALLOWED}: protest {protest_number} allowed",
        caller,
        authority,
        policy,
        claimed_on=None,
    )
    return sum(duty for duty, _ in changes.values()), sum(fees for _, fees in changes.values())
