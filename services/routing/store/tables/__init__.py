"""The tables of routing, a module for each subject."""

from services.routing.store.tables.account_imports import account_import_results, account_imports
from services.routing.store.tables.accounts import account_changes, accounts
from services.routing.store.tables.activity import activity_changes, counted_activity, import_activity
from services.routing.store.tables.admissions import program_admissions
from services.routing.store.tables.appeals import appeal_steps, appeals
from services.routing.store.tables.assignments import assignments
from services.routing.store.tables.broadcasts import broadcasts
from services.routing.store.tables.calendar import center_calendar
from services.routing.store.tables.core import metadata
from services.routing.store.tables.criteria import criteria, criteria_changes, criterion_hits
from services.routing.store.tables.decisions import conflicts, entry_standings, releases, routing_decisions
from services.routing.store.tables.directory import directory_changes
from services.routing.store.tables.families import account_families, account_family_changes
from services.routing.store.tables.filings import filing_contents, post_entry_filings
from services.routing.store.tables.moves import moves
from services.routing.store.tables.outcomes import review_outcomes
from services.routing.store.tables.parties import delegation_acts, delegations, parties, party_changes
from services.routing.store.tables.policies import assignment_policies
from services.routing.store.tables.proposals import assignment_proposals
from services.routing.store.tables.recommendations import recommendation_results, recommendations
from services.routing.store.tables.rulebook import rule_changes
from services.routing.store.tables.tariff_maps import tariff_map_changes, tariff_map_rows, tariff_maps
from services.routing.store.tables.unit_values import unit_value_versions, unit_values

__all__ = [
    "account_changes",
    "account_families",
    "account_family_changes",
    "account_import_results",
    "account_imports",
    "accounts",
    "activity_changes",
    "appeal_steps",
    "appeals",
    "assignment_policies",
    "assignment_proposals",
    "assignments",
    "broadcasts",
    "center_calendar",
    "conflicts",
    "counted_activity",
    "criteria",
    "criteria_changes",
    "criterion_hits",
    "delegation_acts",
    "delegations",
    "directory_changes",
    "entry_standings",
    "filing_contents",
    "import_activity",
    "metadata",
    "moves",
    "parties",
    "party_changes",
    "post_entry_filings",
    "program_admissions",
    "recommendation_results",
    "recommendations",
    "releases",
    "review_outcomes",
    "routing_decisions",
    "rule_changes",
    "tariff_map_changes",
    "tariff_map_rows",
    "tariff_maps",
    "unit_value_versions",
    "unit_values",
]
