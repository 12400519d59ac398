"""Filed and corrected entries decided, without a database: what the service does with them, and who decides them again.

The same events, rules, accounts and moves give the same decisions, byte for byte.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Final, NamedTuple

from services.routing.domain.accounts import DatedAccount
from services.routing.domain.activity import CountedVersion, contribution
from services.routing.domain.decided import ContradictingEvent, DecidedVersion, KnownVersion, Origin
from services.routing.domain.decisions import Move, decide, name_versions
from services.routing.domain.facts import Account, EntryFacts, LineFacts
from services.routing.domain.rulebook import RuleBook
from services.routing.domain.rulebook_file import RuleBookFile
from services.routing.publishing import encode_decision
from shared.contracts.entry import EntryBody, encode_body
from shared.contracts.envelope import Event
from shared.customs.money import to_cents

VersionKey = tuple[str, int]

_SPECIAL_CHAPTERS: Final = frozenset({"98", "99"})


class DecidedEntries(NamedTuple):
    """What filed and corrected entries lead to; `adopted`: known versions that an earlier event filed as well."""

    decided: list[DecidedVersion]
    adopted: dict[VersionKey, Origin]
    conflicts: list[ContradictingEvent]


def on_entries(
    events: Sequence[Event[Any]],
    book: RuleBook,
    accounts: Mapping[str, DatedAccount],
    known: dict[VersionKey, KnownVersion],
    moved: Mapping[str, Move],
) -> DecidedEntries:
    """Decide each version that is new; of two that contradict each other the earlier event stands."""

    @cache
    def account_on(importer_number: str, day: date) -> Account | None:
        account = accounts.get(importer_number)
        return account.on(day) if account else None

    chosen: dict[VersionKey, DecidedVersion] = {}
    adopted: dict[VersionKey, Origin] = {}
    conflicts: list[ContradictingEvent] = []
    for event in events:
        body: EntryBody = event.data
        key = (body.entry_number, body.version)
        origin = Origin(event.time, event.source, event.id)
        digest = content_digest(body)
        earlier = known.get(key)
        if earlier is not None:
            if earlier.digest == digest:
                # A repeat under another id changes nothing but which event the version is known by.
                if origin < earlier.origin:
                    known[key] = earlier._replace(origin=origin)
                    if key in chosen:
                        chosen[key] = chosen[key]._replace(origin=origin)
                    else:
                        adopted[key] = origin
                continue
            stands, falls = sorted((earlier.origin, origin))
            conflicts.append(_contradiction(key, stands, falls))
            if stands == earlier.origin:
                continue
        facts = read_facts(body)
        account = account_on(body.importer_number, body.entry_date)
        rules = book.on(body.entry_date)
        decision = decide(facts, account, rules, moved.get(body.entry_number))
        standing = CountedVersion(body.importer_number, body.entry_date, contribution(facts))
        published = encode_decision(facts, account, decision, name_versions(rules, account))
        chosen[key] = DecidedVersion(facts, decision, published, standing, digest, origin)
        known[key] = KnownVersion(digest, origin, standing)
    return DecidedEntries(list(chosen.values()), adopted, conflicts)


def decide_again(body: EntryBody, decided: Mapping[str, Any], file: RuleBookFile) -> bytes:
    """What a kept decision would be if its version were decided again (JSON): by the rules of its day, and by the
    account, the assignment and the move that it names.

    A decision of before accounts were named is made with all that the file knows of the account.
    """
    facts, named = read_facts(body), decided["rule_versions"]
    known = file.accounts.get(body.importer_number)
    dated = None
    if known is not None:
        is_named = "account" in named
        dated = known.as_of(named["account"], named["assignment"]) if is_named else known.now()
    account = dated.on(body.entry_date) if dated is not None else None
    rules = file.book.on(body.entry_date)
    move = file.move_of(body.entry_number, decided["move"])
    return encode_decision(facts, account, decide(facts, account, rules, move), name_versions(rules, account))


def read_facts(body: EntryBody) -> EntryFacts:
    """What routing looks at in an entry as filed."""
    lines = []
    value, duty = 0, 0
    for line in body.lines:
        special, goods = [], []
        line_value, line_duty = 0, 0
        for tariff in line.tariffs:
            hts, worth, owed = tariff.hts, tariff.value_usd, tariff.duty_usd
            line_value += worth
            if owed != "0.00":  # which half of them are
                line_duty += to_cents(owed)
            if hts[:2] in _SPECIAL_CHAPTERS:
                special.append(hts)
            else:
                goods.append((hts, worth))
        value += line_value
        duty += line_duty
        quantity = line.quantities[0] if line.quantities else None
        lines.append(
            LineFacts(
                line.line_number,
                goods[0][0] if goods else None,
                tuple(special),
                line_value,
                line.country_of_origin,
                line.preference,
                tuple([case.case_number for case in line.cases]) if line.cases else (),
                tuple(goods),
                line_duty,
                line.country_of_export,
                line.manufacturer_id,
                (quantity.amount, quantity.unit) if quantity is not None else None,
                line.description,
            )
        )
    return EntryFacts(
        entry_number=body.entry_number,
        version=body.version,
        importer_number=body.importer_number,
        entry_type=body.entry_type,
        port_of_entry=body.port_of_entry,
        entry_date=body.entry_date,
        lines=tuple(lines),
        value_usd=value,
        duty_cents=duty,
    )


def content_digest(body: EntryBody) -> bytes:
    """A fingerprint of what was filed, blind to fields that the contract does not know; 16 bytes."""
    return hashlib.blake2b(encode_body(body), digest_size=16).digest()


def _contradiction(key: VersionKey, stands: Origin, falls: Origin) -> ContradictingEvent:
    return ContradictingEvent(
        entry_number=key[0],
        kind="contradicting-version",
        origin=falls,
        detail=f"version {key[1]} was filed twice with different content; the earlier event {stands.id} stands",
    )
