"""Post-entry filings: where each goes; those that appeal against the assigned Center are kept as appeals as well."""

import hashlib
from collections.abc import Mapping

import orjson

from services.routing.domain.accounts import DatedAccount
from services.routing.domain.appeals import read_contents
from services.routing.domain.decided import Origin
from services.routing.domain.filings import FilingFacts, center_of_goods, read_answered_request, route_filing
from services.routing.domain.rulebook import RuleBook
from services.routing.store.appeals import FiledAppeal
from services.routing.store.filings import FilingRow
from shared.contracts import lean
from shared.contracts.envelope import Event
from shared.contracts.post_entry import PostEntryFiled
from shared.customs.calendar import legal_date


def on_post_entry_filed(
    event: Event[PostEntryFiled], accounts: Mapping[str, DatedAccount], book: RuleBook
) -> FilingRow:
    """A filing with where it goes, by the importer's account, map and Centers of the day of receipt."""
    data = event.data
    received_on = legal_date(data.received_at)
    row = accounts.get(data.importer_number)
    account = row.on(received_on) if row else None
    facts = FilingFacts(data.kind.value, received_on, data.body)
    rules = book.on(received_on)
    return FilingRow(
        filing_number=data.filing_number,
        kind=data.kind.value,
        importer_number=data.importer_number,
        entries=data.entries,
        received_at=data.received_at,
        route=route_filing(facts, account, rules.open_centers),
        filed_by=lean.encode(data.filed_by).decode(),
        body=lean.encode(data.body).decode(),
        digest=filing_digest(data),
        origin=Origin(event.time, event.source, event.id),
        answers_request=read_answered_request(data.body),
        goods_center=center_of_goods(data.body, rules.tariff_map, rules.open_centers),
    )


def on_center_appeal_filed(event: Event[PostEntryFiled]) -> FiledAppeal:
    """An appeal against the assigned Center, as it was filed."""
    data = event.data
    return FiledAppeal(
        appeal_number=data.filing_number,
        importer_number=data.importer_number,
        contents=read_contents(data.importer_number, data.body),
        filed_by=lean.encode(data.filed_by).decode(),
        received_at=data.received_at,
        digest=filing_digest(data),
        origin=Origin(event.time, event.source, event.id),
    )


def filing_digest(data: PostEntryFiled) -> bytes:
    """A fingerprint of a filing; its body is free, so the order of the fields must not matter. 16 bytes."""
    fields = orjson.dumps(orjson.loads(lean.encode(data)), option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(fields, digest_size=16).digest()
