"""Programs as commands: drafted and tried by one, confirmed and released by two others, each step with its history."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, Final

from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.money.settings import MoneySettings
from services.liquidation.domain.program.definition import definition_from_json, find_faults
from services.liquidation.store import programs as store
from services.liquidation.store import special_duties
from services.liquidation.store.program_verdicts import TrialLine, try_program
from services.liquidation.store.programs import Program, ProgramEvent, Revision, Trial
from services.liquidation.store.records import exclude_everyone
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.access import Matter, demand
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict, FieldFault, NotFound, Refused
from shared.runtime.identity import Identity
from shared.runtime.two_people import demand_second_person

_RULE: Final = "program"
_DRAFTS: Final = frozenset({"drafted", "edited"})
_TRIAL_STANDS: Final = timedelta(hours=24)
_EXAMPLES: Final = 20


async def draft_program(
    tx: Transaction, now: datetime, definition: Mapping[str, Any], reason: str, caller: Identity
) -> Revision:
    """Keep a new program as revision 1; it judges nothing until it is released. `Conflict` when there is one."""
    code = definition["program"]
    _demand_sound(definition)
    if not await store.write_program(tx, Program(code, None, 0, now, caller.signature)):
        raise Conflict(
            f"There is a program {code}.",
            rule=_RULE,
            code="program-known",
            remedy=f"Draft another revision: POST /programs/{code}/revisions.",
        )
    return await _draft(tx, now, Revision(code, 1, 1, "draft", definition, reason, now, caller.signature), caller)


async def draft_revision(
    tx: Transaction, now: datetime, program: str, definition: Mapping[str, Any], reason: str, caller: Identity
) -> Revision:
    """Keep the next revision of a program, whole; the released one stays in force until this one is released."""
    await hold_program(tx, program)
    await _demand_fitting(tx, program, definition)
    known = await store.list_revisions(tx.connection, program)
    draft = Revision(program, len(known) + 1, 1, "draft", definition, reason, now, caller.signature)
    return await _draft(tx, now, draft, caller)


async def _draft(tx: Transaction, now: datetime, draft: Revision, caller: Identity) -> Revision:
    await store.write_revision(tx, draft)
    await note(tx, draft, "drafted", now, caller, draft.reason)
    return draft


async def edit_revision(
    tx: Transaction,
    now: datetime,
    program: str,
    revision: int,
    meant: IfMatch,
    definition: Mapping[str, Any],
    reason: str,
    caller: Identity,
) -> Revision:
    """Replace a draft; what was tried or confirmed of it has to be done again. `Conflict` once it is released."""
    found = await hold_revision(tx, program, revision, meant)
    demand_draft(found)
    await _demand_fitting(tx, program, definition)
    edited = replace(found, edits=found.edits + 1, state="draft", definition=definition, reason=reason, tried_at=None)
    await store.write_revision(tx, edited)
    await note(tx, edited, "edited", now, caller, reason)
    return edited


async def try_revision(
    tx: Transaction,
    now: datetime,
    program: str,
    revision: int,
    law: LawSettings,
    money: MoneySettings,
    caller: Identity,
) -> Trial:
    """What a revision would do with every entry that it reaches, were all of it asked for today.

    Refuses while duties by heading of older summaries are still being read: the trial would miss them.
    """
    await hold_program(tx, program)
    found = await store.find_revision(tx.connection, program, revision)
    if found is None:
        raise no_revision(program, revision)
    if await special_duties.is_any_unread(tx):
        raise Conflict(
            "Duties by heading of older summaries are still being read.",
            rule=_RULE,
            code="program-duties-unread",
            remedy="Wait for the job read-special-duties; docs/operations.md says how to see how far it is.",
        )
    today = legal_date(now)
    lines = await try_program(tx, found.rules, today, law, money)
    trial = await store.add_trial(tx, _sum_up(found, lines, now, caller))
    await store.write_revision(tx, replace(found, tried_at=now))
    await note(tx, found, "tried", now, caller, f"trial {trial.number}: {trial.accepted} of {trial.entries} entries")
    return trial


def _sum_up(found: Revision, lines: Sequence[TrialLine], now: datetime, caller: Identity) -> Trial:
    examples: defaultdict[str, list[str]] = defaultdict(list)
    for line in lines:
        if len(shown := examples[line.code or "accepted"]) < _EXAMPLES:
            shown.append(line.example)
    return Trial(
        found.program,
        0,
        found.revision,
        found.edits,
        legal_date(now),
        now,
        caller.signature,
        sum(line.entries for line in lines),
        sum(line.entries for line in lines if line.code is None),
        sum(line.removed_cents for line in lines),
        sum(line.likely_cents for line in lines),
        [{name: value for name, value in asdict(line).items() if name != "example"} for line in lines],
        dict(examples),
    )


async def confirm_revision(
    tx: Transaction, now: datetime, program: str, revision: int, meant: IfMatch, caller: Identity
) -> Revision:
    """Confirm a draft that was tried within a day, as somebody who did not draft it: the first of two."""
    found, authority = await _hold_to_release(tx, now, program, revision, meant, caller)
    demand_draft(found)
    if found.state == "confirmed":
        raise _wrong_state(found, "A second person releases it: POST …/releases.")
    await _demand_trusted(tx, found, now, caller)
    confirmed = replace(found, state="confirmed")
    await store.write_revision(tx, confirmed)
    await note(tx, confirmed, "confirmed", now, caller, None, authority)
    return confirmed


async def release_revision(
    tx: Transaction, now: datetime, program: str, revision: int, meant: IfMatch, caller: Identity
) -> Revision:
    """Put a confirmed revision in force, as the second of two who did not draft it; it judges anew what is not posted.

    Raises `Conflict` unless it is confirmed and its trial is less than a day old, `Forbidden` for whoever drafted or
    confirmed it.
    """
    given = await store.find_revision(tx.connection, program, revision)
    if given is not None and not given.rules.is_asked_for:
        # Batches that began before the release do not know it: those that come behind it take what they reach. Before
        # the program is held, as by everybody else who holds entries and a program.
        await exclude_everyone(tx)
    found, authority = await _hold_to_release(tx, now, program, revision, meant, caller)
    if found.state != "confirmed":
        raise _wrong_state(found, "It is confirmed first, by somebody who did not draft it: POST …/confirmations.")
    await _demand_trusted(tx, found, now, caller)
    await store.release_revision(tx, found, now)
    released = replace(found, state="released", released_at=now)
    await note(tx, released, "released", now, caller, None, authority)
    return released


async def _hold_to_release(
    tx: Transaction, now: datetime, program: str, revision: int, meant: IfMatch, caller: Identity
) -> tuple[Revision, str]:
    """A revision that is held, with the row of authority by which the caller may put it in force."""
    found = await hold_revision(tx, program, revision, meant)
    return found, _demand_authority(caller, "program.release", found, now)


async def _demand_trusted(tx: Transaction, found: Revision, now: datetime, caller: Identity) -> None:
    """Raise `Forbidden` for whoever drafted or confirmed a revision, `Conflict` unless it was tried within a day."""
    events = await store.list_events(tx.connection, found.program)
    demand_not_drafted_by(caller, events, found.revision)
    for each in events:
        if found.state == "confirmed" and each.revision == found.revision and each.change == "confirmed":
            demand_second_person(caller, (each.actor, each.acting_for), "confirmed this revision")
    await _demand_trial(tx, found, now)


async def _demand_trial(tx: Transaction, found: Revision, now: datetime) -> None:
    last = await store.list_trials(tx.connection, found.program, found.revision, 1)
    if not last or last[0].edits != found.edits or now - last[0].tried_at >= _TRIAL_STANDS:
        raise Conflict(
            f"Revision {found.revision} of {found.program} was not tried within 24 hours.",
            rule=_RULE,
            code="program-trial-needed",
            remedy=f"POST /programs/{found.program}/revisions/{found.revision}/trials, and look at what it would do.",
        )


def demand_draft(found: Revision) -> None:
    """Raise `Conflict` unless a revision is still to be released."""
    if found.state not in ("draft", "confirmed"):
        raise _wrong_state(found, f"Draft another revision: POST /programs/{found.program}/revisions.")


def demand_not_drafted_by(caller: Identity, events: Iterable[ProgramEvent], revision: int) -> None:
    """Raise `Forbidden` when the caller, or whom they act for, drafted or edited the revision."""
    for each in events:
        if each.revision == revision and each.change in _DRAFTS:
            demand_second_person(caller, (each.actor, each.acting_for), "drafted this revision")


async def hold_program(tx: Transaction, program: str) -> Program:
    """A program, held until the transaction ends; raises `NotFound`."""
    found = await store.find_program(tx.connection, program, is_held=True)
    if found is None:
        raise no_program(program)
    return found


async def hold_revision(tx: Transaction, program: str, revision: int, meant: IfMatch) -> Revision:
    """A revision of a program that is held, as the caller knows it; raises `NotFound`, `Stale`."""
    await hold_program(tx, program)
    found = await store.find_revision(tx.connection, program, revision)
    if found is None:
        raise no_revision(program, revision)
    meant.check(found.edits)
    return found


async def find_known(tx: Transaction, program: str) -> Program:
    """A program, not held; raises `NotFound`."""
    found = await store.find_program(tx.connection, program)
    if found is None:
        raise no_program(program)
    return found


async def find_judging(tx: Transaction, program: str) -> tuple[Program, Revision]:
    """A program, however it stands, and the revision by which it judges; `Conflict` (`program-closed`) while none is.

    What was asked for can be taken back as long as it is not posted, whether the program goes on or not.
    """
    known = await find_known(tx, program)
    found = await store.find_released(tx.connection, program)
    if found is None:
        raise closed(program, "none of its revisions is released")
    return known, found


async def find_in_force(tx: Transaction, program: str) -> Revision:
    """The revision by which a program that is not over judges; `Conflict` (`program-closed`) while there is none."""
    known, found = await find_judging(tx, program)
    if known.is_over:
        raise closed(program, f"it was {known.standing}")
    return found


async def find_asked_for(tx: Transaction, program: str) -> Revision:
    """The revision in force of a program to which entries are declared; raises `Conflict` where it takes them itself.

    That is `program-takes-itself`, and `program-closed` while no revision is in force.
    """
    found = await find_in_force(tx, program)
    if not found.rules.is_asked_for:
        raise Conflict(
            f"Program {program} takes entries by itself: nobody declares them.",
            rule=_RULE,
            code="program-takes-itself",
            remedy="GET /importers/{importer_number}/program-offers lists what it took, and what can be answered.",
        )
    return found


def closed(program: str, why: str) -> Conflict:
    """The program takes no declaration; to be raised."""
    return Conflict(
        f"Program {program} takes no declarations: {why}.",
        rule=_RULE,
        code="program-closed",
        remedy="GET /programs/{code} says from when to when it does.",
    )


def no_program(program: str) -> NotFound:
    """There is no such program; to be raised."""
    return NotFound(f"There is no program {program}.", remedy="GET /programs lists them.")


def no_revision(program: str, revision: int) -> NotFound:
    """There is no such revision; to be raised."""
    return NotFound(f"Program {program} has no revision {revision}.", remedy=f"GET /programs/{program} lists them.")


async def _demand_fitting(tx: Transaction, program: str, definition: Mapping[str, Any]) -> None:
    """Raise `Refused` for a revision of another program, or one that takes entries in another way than before."""
    if definition["program"] != program:
        raise _unsound([_fault("program", f"the code of this program, {program}")])
    _demand_sound(definition)
    released = await store.find_released(tx.connection, program)
    if released is None:
        return
    before, after = released.rules, definition_from_json(definition)
    faults = []
    if before.intake != after.intake:
        faults.append(_fault("intake", f"{before.intake} in a revision that was released: draft another program"))
    if not before.is_asked_for and before.declaring.since != after.declaring.since:
        why = f"what is on the roll was received from {before.declaring.since} on: draft another program"
        faults.append(_fault("declaring.from", why))
    if faults:
        raise _unsound(faults)


def _fault(field: str, why: str) -> FieldFault:
    return FieldFault(f"body.definition.{field}", "program-fields", why)


def _demand_sound(definition: Mapping[str, Any]) -> None:
    faults = find_faults(definition_from_json(definition))
    if faults:
        raise _unsound([_fault(field, why) for field, why in faults])


def _unsound(faults: Sequence[FieldFault]) -> Refused:
    detail = "; ".join(f"{each.field.removeprefix('body.definition.')}: {each.message}" for each in faults)
    return Refused(
        f"The definition cannot be kept: {detail}.",
        rule=_RULE,
        code="program-fields",
        remedy="Correct these fields; nothing was stored.",
        faults=faults,
    )


def _demand_authority(caller: Identity, action: str, found: Revision, now: datetime) -> str:
    return demand(caller, action, legal_date(now), Matter(), f"program {found.program}")


def _wrong_state(found: Revision, remedy: str) -> Conflict:
    detail = f"Revision {found.revision} of {found.program} is {found.state}."
    return Conflict(detail, rule=_RULE, code="program-state", remedy=remedy)


async def note(
    tx: Transaction,
    found: Revision,
    change: str,
    now: datetime,
    caller: Identity,
    detail: str | None,
    authority: str | None = None,
) -> None:
    """Add to the history of a program, which is held, what a person did."""
    event = ProgramEvent(
        found.program, 0, found.revision, change, now, caller.subject, caller.acting_for, detail, authority
    )
    await store.append_event(tx, event)
