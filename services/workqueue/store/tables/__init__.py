"""The tables of the work queue, a module for each subject."""

from services.workqueue.store.tables.boards import board_acts, boards
from services.workqueue.store.tables.bulk_runs import bulk_checks, bulk_items, bulk_runs
from services.workqueue.store.tables.compartment import compartment_reads, need_to_know, need_to_know_removals
from services.workqueue.store.tables.core import metadata, platform
from services.workqueue.store.tables.decisions import decided_goods, decisions
from services.workqueue.store.tables.entries import entries, routed_goods, routed_versions
from services.workqueue.store.tables.facts import heard_facts
from services.workqueue.store.tables.filings import filings
from services.workqueue.store.tables.importers import importers
from services.workqueue.store.tables.items import held_items, item_events, items, offered_items
from services.workqueue.store.tables.matters import item_acts, matters
from services.workqueue.store.tables.notes import item_notes
from services.workqueue.store.tables.protests import protests
from services.workqueue.store.tables.quality import quality_plans, quality_samples
from services.workqueue.store.tables.requests import request_acts, request_answers, requests
from services.workqueue.store.tables.satisfaction import satisfaction_answers
from services.workqueue.store.tables.staff import (
    acting_authority,
    skill_demands,
    skips,
    staff,
    staff_changes,
    staff_conflicts,
    staff_skills,
)
from services.workqueue.store.tables.transfers import escalations, transfers
from services.workqueue.store.tables.views import views

__all__ = [
    "acting_authority",
    "board_acts",
    "boards",
    "bulk_checks",
    "bulk_items",
    "bulk_runs",
    "compartment_reads",
    "decided_goods",
    "decisions",
    "entries",
    "escalations",
    "filings",
    "heard_facts",
    "held_items",
    "importers",
    "item_acts",
    "item_events",
    "item_notes",
    "items",
    "matters",
    "metadata",
    "need_to_know",
    "need_to_know_removals",
    "offered_items",
    "platform",
    "protests",
    "quality_plans",
    "quality_samples",
    "request_acts",
    "request_answers",
    "requests",
    "routed_goods",
    "routed_versions",
    "satisfaction_answers",
    "skill_demands",
    "skips",
    "staff",
    "staff_changes",
    "staff_conflicts",
    "staff_skills",
    "transfers",
    "views",
]
