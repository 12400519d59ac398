"""Calendar feeds of deadlines: whose they are, and for which clients."""

from collections.abc import Sequence
from datetime import datetime

from shared.calendars.feed import Choices, Feed
from shared.calendars.reading import FeedRules, make_feed
from shared.customs.calendar import legal_date
from shared.customs.parties import is_party_id
from shared.db.idempotency import IdempotentCall
from shared.db.transaction import Transaction
from shared.runtime.access import Matter, judge, reach_of, refusal_of
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity, RoleName
from shared.runtime.parties import party_ids


def owners_of(caller: Identity) -> frozenset[str]:
    """Whose feeds a caller has: those of the importer that it is, and of its parties."""
    own = caller.importer_numbers if caller.has_role(RoleName.IMPORTER) else frozenset()
    return own | party_ids(caller)


async def make(
    tx: Transaction,
    caller: Identity,
    call: IdempotentCall,
    rules: FeedRules,
    *,
    owner: str,
    name: str,
    clients: Sequence[str] | None,
    choices: Choices,
    now: datetime,
) -> tuple[Feed, str]:
    """Make a feed of an importer or a party; gives it with its token.

    Raises `Refused` for an owner that is not the caller's, for clients of an importer, and for one that has delegated
    nothing to the party that lets it see entries; `Conflict` as `make_feed`.
    """
    is_party = is_party_id(owner)
    if owner not in owners_of(caller):
        raise Refused(
            "A calendar feed is made by the importer or the party whose days are in it.",
            rule="calendar-feeds",
            code="not-your-calendar",
            remedy="Name an importer number or a party that GET /me shows for you.",
        )
    today = legal_date(now)
    matter = Matter(party_id=owner) if is_party else Matter(importer_number=owner)
    permission = judge(caller, "calendar-feed.manage", today, matter)
    if not permission.is_given:
        raise refusal_of(permission)
    if clients is not None:
        if not is_party:
            raise Refused(
                "The feed of an importer has its own entries: there are no clients to choose.",
                rule="calendar-feeds",
                code="calendar-clients",
                remedy="Leave out `clients`.",
            )
        seen = reach_of(caller, "entry.read", today).delegated
        if unknown := sorted(set(clients) - seen):
            raise Refused(
                f"{len(unknown)} of the clients have delegated nothing to you that lets you see their entries.",
                rule="calendar-feeds",
                code="calendar-clients",
                remedy="Ask them to delegate `see`; GET /me says who has.",
            )
    return await make_feed(
        tx,
        caller,
        call,
        rules,
        kind="clients" if is_party else "importer",
        owner=owner,
        name=name,
        choices=choices,
        kept={},
        now=now,
    )
