"""What the operations of liquidation are about, a line for each subject of its OpenAPI document."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SUBJECTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "antidumping and countervailing duties": "Instructed rates, errors in them, and what is to be collected.",
        "cycles": "The weekly cycle: forecast, cut sheet, run, report.",
        "deadlines": "Days that bind, with the facts they are counted from; a calculator for anybody.",
        "deemed cases": "Entries that the law liquidated without a decision.",
        "entries": "The legal record of an entry: its state, its versions as filed, its timeline.",
        "extensions": "Longer periods for liquidation, and drafts of them.",
        "figures": "Counts for dashboards, and entries whose clock cannot be told.",
        "holds": "Sets of entries that stay out of the cycle, by predicate.",
        "instructions": "Orders to suspend, lift or liquidate many entries, confirmed by a second person.",
        "liquidations": "Liquidations, reliquidations and their voiding; recomputes; acts as posted.",
        "money": "Amounts, bills, payments, refunds, and to whom they go.",
        "preference": "Claims for preference after importation, and the programs.",
        "programs": "Mass change: a program for millions of entries, its trial, release, declarations and progress.",
        "protest selections": "One decision over many protests that raise the same issue.",
        "protests": "Protests and what was done about each: further review, decision, files.",
        "radar": "Entries whose last day comes near.",
        "reconciliation": "Entries flagged for reconciliation, by importer.",
        "rules": "The rules of law as they are applied, each with citation and worked example.",
    }
)
