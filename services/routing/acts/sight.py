"""Who sees an importer account: staff and its holder whole, a broker or delegate of it their part."""

from datetime import date

from services.routing.domain.accounts import AccountRecord, may_represent
from shared.runtime.access import Matter, reach_of, shown_importer_number
from shared.runtime.errors import NotFound
from shared.runtime.identity import Identity, RoleName


def demand_account(caller: Identity, importer_number: str, account: AccountRecord | None, today: date) -> AccountRecord:
    """The account; raises `NotFound` when there is none, or none that the caller may know of."""
    if account is None or not (
        reach_of(caller, "account.read", today).covers(Matter(importer_number))
        or is_broker_of(caller, account, None, today)
    ):
        raise no_account(caller, importer_number)
    return account


def may_read_account(caller: Identity, importer_number: str, today: date) -> bool:
    """Whether the caller reads the account whole; a broker that it names, or a delegate, sees a part of it."""
    return reach_of(caller, "account-history.read", today).covers(Matter(importer_number))


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
