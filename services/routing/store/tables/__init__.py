"""The tables of routing, a module for each subject."""

from services.routing.store.tables.accounts import accounts
from services.routing.store.tables.assignments import assignments
from services.routing.store.tables.core import metadata, platform
from services.routing.store.tables.decisions import conflicts, releases, routing_decisions
from services.routing.store.tables.filings import post_entry_filings
from services.routing.store.tables.rulebook import rule_changes

__all__ = [
    "accounts",
    "assignments",
    "conflicts",
    "metadata",
    "platform",
    "post_entry_filings",
    "releases",
    "routing_decisions",
    "rule_changes",
]
