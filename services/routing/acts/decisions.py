"""Routing decisions as people ask for them: the one that an entry would get before it is filed."""

from services.routing.domain.decisions import decide, name_versions
from services.routing.domain.facts import EntryFacts
from services.routing.publishing import encode_decision
from services.routing.store import decisions as store
from services.routing.store.rulebook import RulesInForce
from shared.db.transaction import Connections, snapshot


async def preview_decision(database: Connections, rules: RulesInForce, facts: EntryFacts) -> bytes:
    """The decision as it would be published (JSON), made with the rules in force on the entry date; nothing is kept."""
    book = await rules.read_ahead(database)
    async with snapshot(database) as tx:
        row = (await store.load_accounts(tx, [facts.importer_number])).get(facts.importer_number)
    account = row.on(facts.entry_date) if row else None
    in_force = book.on(facts.entry_date)
    decision = decide(facts, account, in_force, move=None)
    return encode_decision(facts, account, decision, name_versions(in_force, account))
