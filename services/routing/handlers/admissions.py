"""Admissions to trusted-trader programs: the work queue decides, the account shows it."""

from services.routing.domain.accounts import Admission
from shared.contracts.envelope import Event
from shared.contracts.work import ProgramAdmitted


def on_program_admitted(event: Event[ProgramAdmitted]) -> Admission:
    """The admission of one importer number."""
    data = event.data
    return Admission(
        data.item_id,
        data.importer_number,
        data.program,
        data.admitted_from,
        data.admitted_by.subject,
        data.admitted_by.acting_for,
        data.admitted_at,
    )
