"""What of liquidation is under seal: acts on entries and money, and what happened to hold sets."""

from typing import Final

from shared.db.seals import SealedTable
from shared.files import store as files

ACTS_OF_PEOPLE_AND_LAW: Final = "t.event_key NOT LIKE 'version:%'"
"""The act of a version follows from the earliest event that filed it, and is written anew when that comes late."""

SEALED: Final = (
    SealedTable(
        "legal_events",
        "entry_number",
        ("event_key",),
        "t.sequence",
        without=("kind",),  # of a liquidation it is known when its money is
        only=ACTS_OF_PEOPLE_AND_LAW,
    ),
    SealedTable("money_acts", "entry_number", ("event_key",), "t.number"),
    SealedTable("bill_payments", "bill_number", ("number",), "t.number"),
    SealedTable("hold_set_events", "hold_set_id", ("revision",), "t.revision"),
    SealedTable("instructed_rates", "case_number", ("rate_id",), "t.made_at, t.rate_id"),
    SealedTable("adcvd_explanations", "entry_number", ("line_number", "case_number", "number"), "t.made_at, t.number"),
    SealedTable("payment_events", "payment", ("number",), "t.number"),
    SealedTable("program_events", "program", ("number",), "t.number"),
    SealedTable("program_findings", "program", ("entry_number", "number"), "t.found_at, t.entry_number, t.number"),
    SealedTable("program_answers", "program", ("entry_number", "number"), "t.answered_at, t.entry_number, t.number"),
    SealedTable("program_report_signatures", "program", ("as_of", "number"), "t.signed_at, t.as_of, t.number"),
    SealedTable("selection_draws", "selection_id", ("seed",), "t.drawn_at", kind="uuid"),
    SealedTable("selection_looks", "selection_id", ("number",), "t.looked_at, t.number", kind="uuid"),
    files.SEALED,
)
