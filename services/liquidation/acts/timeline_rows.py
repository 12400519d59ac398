"""The timeline of an entry as rows in one order, acts and days alike, each with what a picture of it needs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from services.liquidation.acts.pictures import list_coming
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.protest.clocks import list_clocks
from services.liquidation.domain.sequences import LIQUIDATION_KEY, reliquidation_key
from services.liquidation.domain.timeline import Coming
from services.liquidation.domain.timeline_code import (
    CODE_OF_PROTEST_RULE,
    TIMELINE_CODES,
    UNDATED,
    TimelineCode,
    find_code,
)
from services.liquidation.store.pictures import EntryPicture, MoneyActOnEntry, ReviewOfEntry
from services.liquidation.store.protest_pictures import RunningProtest
from services.liquidation.store.records import LegalEvent
from shared.customs.calendar import legal_date

RowState = Literal["happened", "passed", "arguable", "today", "coming", "unknown", "standing"]
"""How a row stands on a day.

`arguable`: the safe day has passed and the last arguable one has not; `unknown`: a day binds that is not known;
`standing`: it says something of the entry and has no day.
"""

References = tuple[tuple[str, str], ...]
"""What a row is of, as kind and number: act, version, extension, bill, refund, protest, request, instruction …"""

_BY_KEY: Final = ("version", "extension", "reliquidation", "claim")
_OF_ENTRY: Final = frozenset({"protest-decide-2y", "summons-180"})
"""Clocks of a protest that its entry shows already."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an act changed: the state and days that it left, and money in cents, positive where it is due to CBP.

    `amount_cents` is that of a bill, payment or refund; None: nothing of that, or it is not known.
    """

    to_state: str | None = None
    scheduled_on: date | None = None
    deemed_on: date | None = None
    liquidation_kind: str | None = None
    duty_cents: int | None = None
    fees_cents: int | None = None
    amount_cents: int | None = None


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """An act or a day. `on` is the day in law of an act or the safe day; None: there is none, or it is not known."""

    code: TimelineCode
    state: RowState
    on: date | None
    what: str
    rule: str | None
    last_arguable: date | None = None
    detail: str | None = None
    effect: Effect | None = None
    inputs: Mapping[str, str] | None = None
    references: References = ()
    actor: str | None = None
    authority: str | None = None


def list_rows(
    picture: EntryPicture, running: Mapping[str, RunningProtest], law: LawSettings, today: date
) -> list[TimelineRow]:
    """Acts and days in one order: by day, on one day acts first; what has no day comes last.

    `running` are the protests on the entry whose own clocks are shown.
    """
    rows = [*_list_acts(picture), *list_days(picture, running, law, today)]
    return sorted(rows, key=lambda row: (row.on is None, row.on or today, row.state != "happened"))


def list_days(
    picture: EntryPicture, running: Mapping[str, RunningProtest], law: LawSettings, today: date
) -> list[TimelineRow]:
    """Every day of an entry, as `list_coming` has them, and the clocks of its protests."""
    clocks = [
        each
        for protest in picture.protests
        if (of := running.get(protest.filing.number)) is not None
        for each in _list_protest_clocks(protest.filing.number, of, law)
    ]
    return [_day(each, today) for each in (*list_coming(picture, law), *clocks)]


def find_next_day(picture: EntryPicture, law: LawSettings, today: date) -> TimelineRow | None:
    """The first day from today on that binds somebody by law or policy; None: none is known."""
    days = [
        row
        for row in list_days(picture, {}, law, today)
        if row.state in ("today", "coming") and binds(row) and row.code.kind != "goal"
    ]
    return min(days, key=lambda row: row.on or today, default=None)


def binds(row: TimelineRow) -> bool:
    """Whether somebody has to act by the day of a row, known or not."""
    return row.code.whose is not None and row.state not in ("happened", "standing")


def _list_protest_clocks(number: str, running: RunningProtest, law: LawSettings) -> Iterator[Coming]:
    for each in list_clocks(running.record, running.verdicts, running.decide_by, law):
        if each.rule not in _OF_ENTRY:
            code, of_protest = CODE_OF_PROTEST_RULE[each.rule], {"protest": number}
            yield Coming(code, each.what, each.rule, each.safe, each.last_arguable, each.inputs, of_protest)


def _day(coming: Coming, today: date) -> TimelineRow:
    return TimelineRow(
        code=TIMELINE_CODES[coming.code],
        state=_state_of(coming, today),
        on=coming.safe,
        what=coming.what,
        rule=coming.rule,
        last_arguable=coming.last_arguable,
        inputs=coming.inputs,
        references=tuple(coming.references.items()),
    )


def _state_of(coming: Coming, today: date) -> RowState:
    if coming.safe is None:
        return "standing" if coming.code in UNDATED else "unknown"
    if coming.safe >= today:
        return "today" if coming.safe == today else "coming"
    return "passed" if (coming.last_arguable or coming.safe) < today else "arguable"


def _list_acts(picture: EntryPicture) -> Iterator[TimelineRow]:
    row = picture.entry
    if row.released_at is not None:
        detail = f"port {row.port_of_release}, {row.release_kind}"
        yield _act("released", legal_date(row.released_at), None, detail)
    for act in picture.acts:
        effect = _effect_of(picture, act)
        references = tuple(_references_of(picture, act))
        yield _act(
            act.change, act.occurred_on, act.rule, act.detail, effect, references, actor=act.actor, by=act.authority
        )
    for review in picture.decisions:
        yield _review(review)
    for request in picture.requests:
        named = (("request", request.request_id),)
        yield _act("request-issued", request.issued_on, None, request.form, None, named)
        if request.closed_on is not None:
            yield _act("request-closed", request.closed_on, None, request.closed_as, None, named)
    for protest in picture.protests:
        named = (("protest", protest.filing.number),)
        yield _act("protest-filed", protest.filing.received_on, None, None, None, named)
        if protest.denied_on is not None:
            yield _act("protest-denied", protest.denied_on, None, None, None, named)
    for money in picture.money_acts:
        yield _money(money)


def _act(
    code: str,
    on: date,
    rule: str | None,
    detail: str | None,
    effect: Effect | None = None,
    references: References = (),
    *,
    actor: str | None = None,
    by: str | None = None,
) -> TimelineRow:
    known = find_code(code)
    return TimelineRow(
        code=known,
        state="happened",
        on=on,
        what=known.title,
        rule=rule,
        detail=detail,
        effect=effect,
        references=references,
        actor=actor,
        authority=by,
    )


def _effect_of(picture: EntryPicture, act: LegalEvent) -> Effect:
    duty, fees = _money_of(picture, act)
    return Effect(act.to_state, act.scheduled_on, act.deemed_on, act.kind, duty, fees)


def _money_of(picture: EntryPicture, act: LegalEvent) -> tuple[int | None, int | None]:
    """What a liquidation or reliquidation changed against the state before it."""
    for done in picture.reliquidations:
        if act.event_key == reliquidation_key(done.number):
            return done.change_duty_cents, done.change_fees_cents
    if _is_liquidation_that_stands(picture, act):
        return picture.entry.effect_duty_cents, picture.entry.effect_fees_cents
    return None, None


def _is_liquidation_that_stands(picture: EntryPicture, act: LegalEvent) -> bool:
    """Of acts of liquidation the last one is that of the row, while it has one."""
    if picture.entry.liquidated_on is None or not act.event_key.startswith(LIQUIDATION_KEY):
        return False
    done = [each.event_key for each in picture.acts if each.change in ("liquidated", "deemed-liquidated")]
    return bool(done) and done[-1] == act.event_key


def _references_of(picture: EntryPicture, act: LegalEvent) -> Iterator[tuple[str, str]]:
    yield "act", act.event_key
    kind, _, number = act.event_key.partition(":")
    if kind in _BY_KEY:
        yield kind, number
    if _is_liquidation_that_stands(picture, act) and picture.entry.liquidation_cycle_on is not None:
        yield "cycle", str(picture.entry.liquidation_cycle_on)
    yield from (("instruction", each) for each in sorted(_find_instructions(picture, act)))


def _find_instructions(picture: EntryPicture, act: LegalEvent) -> set[str]:
    """The instructions by which an entry was suspended, or a suspension lifted, with effect from the day of the act."""
    if act.change == "suspended":
        found: Iterable[str | None] = (s.instruction_id for s in picture.suspensions if s.began_on == act.occurred_on)
    elif act.change == "suspension-lifted":
        found = (s.lift_instruction_id for s in picture.suspensions if s.lift_noticed_on == act.occurred_on)
    else:
        found = ()
    return {each for each in found if each is not None}


def _review(review: ReviewOfEntry) -> TimelineRow:
    effect = Effect(duty_cents=review.duty_cents, fees_cents=review.fees_cents)
    named = (("decision", review.decision_id),)
    detail = f"{review.outcome}: {review.status}"
    return _act("review-decided", legal_date(review.decided_at), review.rule, detail, effect, named)


def _money(act: MoneyActOnEntry) -> TimelineRow:
    named = (("act", act.event_key), ("bill", act.bill_number), ("refund", act.refund_number))
    references = tuple((kind, number) for kind, number in named if number is not None)
    effect = Effect(amount_cents=act.cents)
    return _act(
        act.change, act.occurred_on, act.rule, act.detail, effect, references, actor=act.actor, by=act.authority
    )
