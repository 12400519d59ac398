"""What must always hold of programs of mass change: nothing that was declared is lost or counted twice."""

from typing import Final

from services.liquidation.store.walks import DECLARATIONS, DECLARED_ENTRIES
from shared.runtime.invariants import QueryInvariant

_STATES: Final = "'read', 'dropped', 'withdrawn', 'nothing', 'waiting', 'due', 'posted'"

PROGRAM_INVARIANTS: Final = (
    QueryInvariant(
        "declared-rows-are-all-there",
        "A declaration has every row that was kept of it.",
        """
        SELECT d.declaration_id AS key, d.declaration_id || ': ' || d.next_row - 1 || ' kept' FROM declarations d
        WHERE AMONG(d.declaration_id) AND d.door <> 'program' AND d.next_row - 1 <> (
            SELECT count(*) FROM declared_entries r WHERE r.declaration_id = d.declaration_id
        )
        """,
        DECLARATIONS,
    ),
    QueryInvariant(
        "rolls-hold-each-entry-in-its-place",
        "What a program takes by itself stands on the roll of its filer, in the row of its serial number, once.",
        """
        SELECT r.declaration_id AS key, r.declaration_id || ' row ' || r.row_number || ': ' || r.entry_number
        FROM declared_entries r JOIN declarations d USING (declaration_id)
        WHERE AMONG(r.declaration_id) AND (
            (d.door = 'program') <> (r.offered_at IS NOT NULL)
            OR (d.door = 'program' AND (r.declaration_id, r.row_number) IS DISTINCT FROM (
                'roll:' || r.program || ':' || left(r.entry_number, 3), substr(r.entry_number, 4, 7)::integer + 1))
        )
        """,
        DECLARATIONS,
    ),
    QueryInvariant(
        "declared-entry-is-in-one-state",
        "Every row of a declaration is in exactly one state, and that is what its verdict says.",
        f"""
        SELECT r.declaration_id AS key, r.declaration_id || ' row ' || r.row_number || ': ' || r.state
        FROM declared_entries r JOIN declarations d USING (declaration_id)
        WHERE AMONG(r.declaration_id) AND (
            r.state NOT IN ({_STATES})
            OR (r.state = 'dropped') <> (r.code IS NOT NULL)
            OR (r.state = 'withdrawn') <> (r.withdrawn_at IS NOT NULL)
            OR (r.state = 'nothing') <> (r.notes @> ARRAY['nothing-to-refund'])
            OR (r.state IN ('waiting', 'due')
                AND (r.state = 'waiting') <> (r.notes && ARRAY['waits-suspension', 'waits-warehouse', 'waits-review',
                    'waits-answer', 'waits-contest']))
            OR (r.answer IS NOT NULL AND (r.offered_at IS NULL OR r.answered_at IS NULL))
            OR (r.state NOT IN ('waiting', 'due', 'posted') AND r.removed_cents <> 0)
            OR (r.state = 'read' AND d.state = 'judged')
        )
        """,
        DECLARATIONS,
    ),
    QueryInvariant(
        "one-request-stands",
        "Of an entry a program accepts one request at most, and lets corrections wait for that one alone.",
        """
        SELECT entry_number AS key, program || ' ' || entry_number || ': ' || count(*) FROM declared_entries
        WHERE AMONG(entry_number) AND entry_number IS NOT NULL AND state IN ('nothing', 'waiting', 'due', 'posted')
        GROUP BY program, entry_number HAVING count(*) > 1
        UNION ALL
        SELECT entry_number, program || ' ' || entry_number || ': locked though ' || state FROM declared_entries
        WHERE AMONG(entry_number) AND locked_from IS NOT NULL AND state IN ('read', 'dropped')
        """,
        DECLARED_ENTRIES,
    ),
    QueryInvariant(
        "sealed-run-has-its-leaves",
        "The root of a run is over as many entries as it posted, in blocks that are all there, and it takes no more.",
        """
        SELECT r.program || ' run ' || r.run || ': ' || r.leaves || ' leaves' FROM program_runs r
        WHERE r.root IS NOT NULL AND (r.state = 'running' OR r.leaves <> r.set_based + r.careful
            OR (r.leaves + 1023) / 1024 <> (SELECT count(*) FROM program_run_blocks b
                WHERE b.program = r.program AND b.run = r.run))
        """,
    ),
    QueryInvariant(
        "report-is-signed-as-it-is-kept",
        "A report has the digest of its bytes, and whoever signed it signed that.",
        """
        SELECT r.program || ' as of ' || r.as_of FROM program_reports r
        WHERE r.sha256 <> sha256(convert_to(r.document, 'UTF8')) OR EXISTS (SELECT FROM program_report_signatures s
            WHERE s.program = r.program AND s.as_of = r.as_of AND s.sha256 <> r.sha256)
        """,
    ),
)
