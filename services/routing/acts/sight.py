"""Who sees an importer account: staff, its holder, and a broker that it has authorised."""

from datetime import date

from services.routing.domain.accounts import AccountRecord, may_represent
from shared.runtime.access import may_see, shown_importer_number
from shared.runtime.errors import NotFound
from shared.runtime.identity import Identity, RoleName


def demand_account(caller: Identity, importer_number: str, account: AccountRecord | None, today: date) -> AccountRecord:
    """The account; raises `NotFound` when there is none, or none that the caller may know of."""
    if account is None or not (
        may_see(caller, importer_number=importer_number) or is_broker_of(caller, account, None, today)
    ):
        raise no_account(caller, importer_number)
    return account


def is_broker_of(caller: Identity, account: AccountRecord, process: str | None, today: date) -> bool:
    """Whether the caller is a broker that may act for the account in a process (None: in any) on that legal day."""
    return (
        caller.has_role(RoleName.BROKER)
        and caller.filer_code is not None
        and may_represent(account.brokers, caller.filer_code, process, today)
    )


def no_account(caller: Identity, importer_number: str) -> NotFound:
    """What is answered for an account that does not exist, and for one that the caller may not see."""
    return NotFound(
        f"There is no account for importer {shown_importer_number(caller, importer_number)}.",
        remedy="Check the number, and that the token names the importer; POST /importers registers one.",
    )
