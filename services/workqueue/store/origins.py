"""Where the rows of each table of workqueue come from: what an archive brings back, and what only a backup has."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shared.db.origins import Origin

ORIGINS: Final[Mapping[str, Origin]] = MappingProxyType(
    {
        "delegations": Origin.EVENTS,
        "entries": Origin.EVENTS,
        "filings": Origin.EVENTS,
        "heard_facts": Origin.EVENTS,
        "importers": Origin.EVENTS,
        "parties": Origin.EVENTS,
        "protests": Origin.EVENTS,
        "routed_goods": Origin.EVENTS,
        "routed_versions": Origin.EVENTS,
        "decided_goods": Origin.BOTH,
        "decisions": Origin.BOTH,
        "held_items": Origin.BOTH,
        "item_events": Origin.BOTH,
        "items": Origin.BOTH,
        "offered_items": Origin.BOTH,
        "requests": Origin.BOTH,
        "acting_authority": Origin.ACTS,
        "board_acts": Origin.ACTS,
        "boards": Origin.ACTS,
        "bulk_checks": Origin.ACTS,
        "bulk_items": Origin.ACTS,
        "bulk_runs": Origin.ACTS,
        "calendar_days": Origin.ACTS,
        "calendar_feeds": Origin.ACTS,
        "compartment_reads": Origin.ACTS,
        "escalations": Origin.ACTS,
        "files": Origin.ACTS,
        "item_acts": Origin.ACTS,
        "item_notes": Origin.ACTS,
        "matters": Origin.ACTS,
        "need_to_know": Origin.ACTS,
        "need_to_know_removals": Origin.ACTS,
        "quality_plans": Origin.ACTS,
        "quality_samples": Origin.ACTS,
        "request_acts": Origin.ACTS,
        "request_answers": Origin.ACTS,
        "satisfaction_answers": Origin.ACTS,
        "skill_demands": Origin.ACTS,
        "skips": Origin.ACTS,
        "staff": Origin.ACTS,
        "staff_changes": Origin.ACTS,
        "staff_conflicts": Origin.ACTS,
        "staff_skills": Origin.ACTS,
        "transfers": Origin.ACTS,
        "views": Origin.ACTS,
    }
)
