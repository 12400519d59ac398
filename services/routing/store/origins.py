"""Where the rows of each table of routing come from: what an archive brings back, and what only a backup has."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shared.db.origins import Origin

ORIGINS: Final[Mapping[str, Origin]] = MappingProxyType(
    {
        "activity_changes": Origin.EVENTS,
        "conflicts": Origin.EVENTS,
        "entry_standings": Origin.EVENTS,
        "filing_contents": Origin.EVENTS,
        "import_activity": Origin.EVENTS,
        "program_admissions": Origin.EVENTS,
        "releases": Origin.EVENTS,
        "review_outcomes": Origin.EVENTS,
        "account_changes": Origin.BOTH,
        "accounts": Origin.BOTH,
        "appeals": Origin.BOTH,
        "criterion_hits": Origin.BOTH,
        "post_entry_filings": Origin.BOTH,
        "routing_decisions": Origin.BOTH,
        "criterion_backtests": Origin.ACTS,
        "criteria": Origin.RULES,
        "criteria_changes": Origin.RULES,
        "account_families": Origin.ACTS,
        "account_family_changes": Origin.ACTS,
        "account_import_results": Origin.ACTS,
        "account_imports": Origin.ACTS,
        "appeal_steps": Origin.ACTS,
        "assignment_policies": Origin.ACTS,
        "assignment_proposals": Origin.ACTS,
        "assignments": Origin.ACTS,
        "broadcasts": Origin.ACTS,
        "center_calendar": Origin.ACTS,
        "delegation_acts": Origin.ACTS,
        "delegations": Origin.ACTS,
        "directory_changes": Origin.ACTS,
        "files": Origin.ACTS,
        "moves": Origin.ACTS,
        "parties": Origin.ACTS,
        "party_changes": Origin.ACTS,
        "recommendation_results": Origin.ACTS,
        "recommendations": Origin.ACTS,
        "rule_changes": Origin.ACTS,
        "tariff_map_changes": Origin.ACTS,
        "tariff_map_rows": Origin.ACTS,
        "tariff_maps": Origin.ACTS,
        "unit_value_versions": Origin.ACTS,
        "unit_values": Origin.ACTS,
    }
)
