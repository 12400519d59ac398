"""Parties registered and changed, and importers' delegations to them: granted, revoked, renounced, with history."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.parties import (
    GivenParty,
    Standing,
    end_standing,
    ending_act,
    find_overlap,
    grant_standing,
    keep_verification,
    list_changes,
    register,
    revise,
    revoke,
)
from services.routing.publishing import SOURCE, party_changed
from services.routing.store import parties as store
from services.routing.store.parties import DelegationAct, PartyChange
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.customs.parties import Contact, Delegation, Party
from shared.db.idempotency import IdempotentCall, key_reused
from shared.db.transaction import Transaction
from shared.parties import store as kept
from shared.parties.heard import Heard
from shared.runtime.access import Matter, demand, demand_sight, no_such, reach_of, shown_importer_number
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict, Forbidden, NotFound, PreconditionMissing, Refused, Stale
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id

_GRANT_RULE: Final = "delegation-grant"


async def register_parties(
    tx: Transaction, caller: Identity, given: Sequence[GivenParty], *, reason: str, now: datetime
) -> int:
    """Create parties or bring them up to date; gives how many are new or changed.

    Of several for one id the last counts. Raises `Refused` for one that is to be closed on a day to come.
    """
    wanted = {party.party_id: party for party in given}
    await store.lock_registration(tx)
    known = await store.lock_parties(tx, wanted)
    changes = []
    for party_id, party in sorted(wanted.items()):
        _demand_closing(party, now)
        before = known.get(party_id)
        changes.append((before, register(party, before)))
    return await _write(tx, caller, changes, reason=reason, now=now)


async def write_party(
    tx: Transaction, caller: Identity, given: GivenParty, if_match: IfMatch | None, *, reason: str, now: datetime
) -> Party:
    """Create a party or change it; raises `PreconditionMissing` or `Stale` for one that exists, and `Refused`."""
    _demand_closing(given, now)
    await store.lock_registration(tx)
    before = (await store.lock_parties(tx, [given.party_id])).get(given.party_id)
    if before is None and if_match is not None:
        raise Stale("The party does not exist yet.", remedy="Leave If-Match out to create it.")
    if before is not None:
        if if_match is None:
            raise PreconditionMissing("The party exists: the change must say which version it is meant for.")
        if_match.check(before.version)
    after = register(given, before)
    await _write(tx, caller, [(before, after)], reason=reason, now=now)
    return after


async def change_contacts(
    tx: Transaction,
    caller: Identity,
    party_id: str,
    if_match: IfMatch,
    contacts: Sequence[Contact],
    *,
    reason: str,
    now: datetime,
) -> Party:
    """Change whom to reach at a party, by itself or a registrar; only a registrar says that a contact is verified.

    Raises `NotFound`, `Forbidden`, `Stale`.
    """
    before = demand_party(party_id, (await store.lock_parties(tx, [party_id])).get(party_id))
    demand(caller, "party.change-contacts", legal_date(now), Matter(party_id=party_id), f"party {party_id}")
    is_registrar = reach_of(caller, "party.change-contacts", legal_date(now)).is_national
    if_match.check(before.version)
    given = tuple(contacts) if is_registrar else keep_verification(contacts, before.contacts)
    after = revise(replace(before, contacts=given), before)
    await _write(tx, caller, [(before, after)], reason=reason, now=now)
    return after


async def grant_delegation(
    tx: Transaction,
    caller: Identity,
    call: IdempotentCall,
    *,
    party_id: str,
    importer_number: str,
    scopes: Sequence[str],
    from_on: date | None,
    to_on: date | None,
    reason: str,
    now: datetime,
) -> Delegation:
    """Delegate to a party: the importer for its own number, a registrar for a paper. The id follows from the call.

    Without `from_on` it begins today; only a paper may have begun, or be over, before. Raises `Forbidden`, `NotFound`,
    `Refused`, and `Conflict` with a delegation that has a scope and a day in common, or a party that is closed.
    """
    reach = reach_of(caller, "delegation.grant", legal_date(now))
    standing = grant_standing(is_importer=importer_number in reach.importer_numbers, is_registrar=reach.is_national)
    if standing is None:
        raise Forbidden(
            "Only the importer delegates, for its own number; what was delegated cannot be delegated on.",
            rule=_GRANT_RULE,
            code="not-your-importer",
            remedy="Have the importer do it, or send its signed paper to the Center.",
        )
    party = demand_party(party_id, (await store.lock_parties(tx, [party_id])).get(party_id))
    today = legal_date(now)
    first = from_on or today
    _demand_days(standing, first, to_on, today)
    if party.is_closed(today):
        raise Conflict(
            f"{party_id} has been closed since {party.closed_on}.",
            rule=_GRANT_RULE,
            code="party-closed",
            remedy="Delegate to another party.",
        )
    delegation_id = event_id("delegation", call.identity, call.key)
    if await store.lock_delegation(tx, delegation_id) is not None:
        raise key_reused()
    delegation = Delegation(
        delegation_id=delegation_id,
        version=1,
        party_id=party_id,
        importer_number=importer_number,
        scopes=tuple(dict.fromkeys(scopes)),
        from_on=first,
        to_on=to_on,
        revoked_on=None,
    )
    known = await kept.find_delegations_of(tx.connection, [importer_number], party=party_id)
    if (other := find_overlap(delegation, known)) is not None:
        raise Conflict(
            f"Delegation {other.delegation_id} gives {', '.join(other.scopes)} for some of these days already.",
            rule=_GRANT_RULE,
            code="delegation-overlaps",
            remedy="Revoke that one first, or choose other scopes or days.",
        )
    await _write_delegation(tx, party, delegation, now)
    await store.append_delegation_act(tx, _act_of(delegation, "granted", standing, reason, caller, now))
    return delegation


async def end_delegation(
    tx: Transaction, caller: Identity, delegation_id: str, *, on: date | None, reason: str, now: datetime
) -> Delegation:
    """Take a delegation's force from a day on, today unless another is named.

    The importer revokes, the delegate renounces, a registrar does it for a paper; all at any time. What was done before
    stands. Raises `NotFound` for whoever may not know of it, `Forbidden`, `Refused` for a day that has passed, and
    `Conflict` when it has no force by then anyhow.
    """
    delegation = demand_delegation(
        caller, legal_date(now), delegation_id, await store.lock_delegation(tx, delegation_id)
    )
    reach = reach_of(caller, "delegation.end", legal_date(now))
    standing = end_standing(
        is_importer=delegation.importer_number in reach.importer_numbers,
        is_delegate=delegation.party_id in reach.party_ids,
        is_registrar=reach.is_national,
    )
    if standing is None:
        raise Forbidden(
            "Only the importer, the party that holds it, or a registrar ends a delegation.",
            rule="delegation-end",
            remedy="Ask one of them.",
        )
    today = legal_date(now)
    day = on or today
    if day < today:
        raise Refused(
            f"{day} has passed: what was done since in the importer's name stands.",
            rule="delegation-end",
            code="day-has-passed",
            remedy="Name today or a later day.",
        )
    ended = revoke(delegation, day)
    if ended is None:
        raise Conflict(
            f"The delegation has no force from {delegation.revoked_on or delegation.to_on} on.",
            rule="delegation-end",
            code="delegation-ended",
            remedy="There is nothing left to end.",
        )
    party = demand_party(ended.party_id, await kept.find_party(tx.connection, ended.party_id))
    await _write_delegation(tx, party, ended, now)
    await store.append_delegation_act(tx, _act_of(ended, ending_act(standing), standing, reason, caller, now))
    return ended


def demand_party(party_id: str, party: Party | None) -> Party:
    """The party; raises `NotFound` when there is none."""
    if party is None:
        raise NotFound(f"There is no party {party_id}.", remedy="GET /parties lists them; registrars register others.")
    return party


def demand_party_sight(caller: Identity, on: date, party_id: str, party: Party | None) -> Party:
    """The party with what only staff and itself may see; raises `NotFound` for all others."""
    found = demand_party(party_id, party)
    if not reach_of(caller, "party-file.read", on).covers(Matter(party_id=party_id)):
        raise NotFound(
            f"There is nothing of {party_id} for you to see here.",
            remedy="GET /importers/{importer_number}/delegations shows what your own importer delegated.",
        )
    return found


def demand_importer_sight(caller: Identity, on: date, importer_number: str) -> None:
    """Raise `NotFound` unless the caller may see what the importer delegated: staff and the importer itself."""
    if not reach_of(caller, "delegation.read", on).covers(Matter(importer_number)):
        raise NotFound(
            f"There are no delegations of importer {shown_importer_number(caller, importer_number)} for you to see.",
            remedy="Check the number, and that the token names the importer.",
        )


def demand_delegation(caller: Identity, on: date, delegation_id: str, delegation: Delegation | None) -> Delegation:
    """The delegation, for staff, its importer and the party that holds it; raises `NotFound` for all others."""
    if delegation is None:
        raise no_such(f"delegation {delegation_id}")
    matter = Matter(delegation.importer_number, party_id=delegation.party_id)
    demand_sight(caller, "delegation", on, matter, f"delegation {delegation_id}")
    return delegation


async def sees_contacts(connection: AsyncConnection, caller: Identity, party_id: str, today: date) -> bool:
    """Whether the caller sees whom to reach at a party: staff, itself, importers whose delegation to it has force."""
    if reach_of(caller, "party-file.read", today).covers(Matter(party_id=party_id)):
        return True
    own = reach_of(caller, "delegation.read", today).importer_numbers
    delegated = await kept.find_delegations_of(connection, own, party=party_id)
    return any(delegation.in_force(today) for delegation in delegated)


def _demand_closing(given: GivenParty, now: datetime) -> None:
    if given.closed_on is not None and given.closed_on > legal_date(now):
        raise Refused(
            f"{given.party_id} cannot be closed on {given.closed_on} already: that day is to come.",
            rule="party-closing",
            code="closing-to-come",
            remedy="Close it when the day has come.",
        )


def _demand_days(standing: Standing, from_on: date, to_on: date | None, today: date) -> None:
    if to_on is not None and to_on < from_on:
        raise Refused(
            f"The last day {to_on} lies before the first, {from_on}.",
            rule=_GRANT_RULE,
            code="days-out-of-order",
            remedy="Name a later last day, or none: until revoked.",
        )
    if from_on < today and standing != "registrar":
        raise Refused(
            f"The first day {from_on} has passed; nobody acts under a delegation before it was given.",
            rule=_GRANT_RULE,
            code="day-has-passed",
            remedy="Begin today or later; a paper that was signed before is registered by the Center.",
        )


async def _write(
    tx: Transaction, caller: Identity, changes: Sequence[tuple[Party | None, Party]], *, reason: str, now: datetime
) -> int:
    changed = [(before, after) for before, after in changes if before != after]
    await kept.write_heard(tx, Heard(tuple(after for _, after in changed)))
    await store.append_party_changes(
        tx,
        [
            PartyChange(
                party_id=after.party_id,
                version=after.version,
                act="registered" if before is None else "changed",
                fields=list_changes(before, after),
                reason=reason,
                changed_by=caller.subject,
                acting_for=caller.acting_for,
                recorded_at=now,
            )
            for before, after in changed
        ],
    )
    await outbox.add(tx, SOURCE, [party_changed(after, (), now) for _, after in changed])
    return len(changed)


async def _write_delegation(tx: Transaction, party: Party, delegation: Delegation, now: datetime) -> None:
    await kept.write_heard(tx, Heard(delegations=(delegation,)))
    await outbox.add(tx, SOURCE, [party_changed(party, [delegation], now)])


def _act_of(
    delegation: Delegation, act: str, standing: Standing, reason: str, caller: Identity, now: datetime
) -> DelegationAct:
    return DelegationAct(
        delegation_id=delegation.delegation_id,
        version=delegation.version,
        act=act,
        is_on_paper=standing == "registrar",
        revoked_on=delegation.revoked_on,
        reason=reason,
        done_by=caller.subject,
        acting_for=caller.acting_for,
        done_at=now,
    )
