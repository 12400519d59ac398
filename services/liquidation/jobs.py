"""The schedule of liquidation: what runs by itself, and how often. One process of the service at a time does each."""

from collections.abc import Sequence
from datetime import timedelta
from typing import cast, get_args

from services.liquidation.acts import protest_selections
from services.liquidation.acts.assessments import assess_waiting
from services.liquidation.acts.bills import run_bill_clocks
from services.liquidation.acts.cycle_cuts import Upstream, run_due_cycles
from services.liquidation.acts.extension_drafts import draft_extensions
from services.liquidation.acts.instructions import apply_confirmed
from services.liquidation.acts.payment_closing import close_payments
from services.liquidation.acts.program_days import count_days_near
from services.liquidation.acts.program_enrolling import enrol_known
from services.liquidation.acts.program_judging import judge_again, judge_declared
from services.liquidation.acts.program_proofs import seal_ended
from services.liquidation.acts.program_turns import work_in_turns
from services.liquidation.acts.protest_clocks import run_protest_clocks
from services.liquidation.acts.radar import count_alarms
from services.liquidation.acts.recomputes import recompute_next
from services.liquidation.acts.rederivations import run_rederivations
from services.liquidation.acts.reminders import remind
from services.liquidation.acts.special_duties import read_special_duties
from services.liquidation.handlers.handler import GROUP, TOPICS
from services.liquidation.settings import LiquidationSettings
from services.liquidation.store.pictures import count_unknown_clocks
from services.liquidation.store.protests import count_overdue
from services.liquidation.store.radar import Horizon
from shared.customs.calendar import legal_date
from shared.db.transaction import reading, snapshot
from shared.runtime.access import EVERYTHING
from shared.runtime.clock import is_replaying
from shared.runtime.platform import Job, Platform
from shared.runtime.slices import JobSession


def upstream_of(platform: Platform) -> Upstream:
    """What a cycle waits for, with the limit that the operator has set."""
    settings = cast("LiquidationSettings", platform.settings)
    return Upstream(platform.bus, GROUP, TOPICS, timedelta(seconds=settings.cycle_wait_seconds))


def schedule(platform: Platform) -> Sequence[Job]:
    """The jobs with the policy in force. Each may run late or twice: what is done is left alone."""
    settings = cast("LiquidationSettings", platform.settings)
    clock, metrics = platform.clock, platform.metrics
    policy, law, money = settings.cycle_policy, settings.law_in_force, settings.money_policy

    async def count_clocks(session: JobSession) -> None:
        async with reading(session) as connection:
            metrics.clocks_unknown.set(await count_unknown_clocks(connection, EVERYTHING))

    async def count_what_alarms(session: JobSession) -> None:
        async with snapshot(session) as tx:
            deemed, held = await count_alarms(tx, clock.now())
        metrics.deemed_cases_open.set(deemed)
        for horizon in get_args(Horizon):
            metrics.held_near_deadline.labels(horizon).set(held.get(horizon, 0))

    async def draft(session: JobSession) -> None:
        await draft_extensions(session, clock.now())

    async def apply_instructions(session: JobSession) -> None:
        await apply_confirmed(session, policy, clock, law)

    async def run_clocks_of_protests(session: JobSession) -> None:
        await run_protest_clocks(session, clock, law)
        async with reading(session) as connection:
            metrics.protests_overdue.set(await count_overdue(connection, legal_date(clock.now())))

    async def do_selections(session: JobSession) -> None:
        await protest_selections.go_on(session, clock.now(), settings.selection_policy, money)

    async def run_clocks_of_bills(session: JobSession) -> None:
        await run_bill_clocks(session, clock, money)

    async def assess_what_waits(session: JobSession) -> None:
        await assess_waiting(session, clock, money)

    async def tell_what_comes_near(session: JobSession) -> None:
        await remind(session, clock, law, settings.reminder_policy)

    async def follow(session: JobSession) -> None:
        await run_rederivations(session, clock, policy, law)

    async def compare(session: JobSession) -> None:
        in_turn = settings.recompute_entries
        metrics.record_differences.set(await recompute_next(session, policy, clock, law, in_turn=in_turn))

    async def read_duties(session: JobSession) -> None:
        await read_special_duties(session)

    async def run_cycles(session: JobSession) -> None:
        if is_replaying(clock):
            return  # whoever replays a week runs its cycle when all of the week is there
        await run_due_cycles(session, upstream_of(platform), clock, money)

    jobs = [
        Job("count-unknown-clocks", timedelta(seconds=30), count_clocks),
        Job("count-alarms", timedelta(minutes=5), count_what_alarms),
        Job("apply-instructions", timedelta(minutes=1), apply_instructions),
        Job("follow-readings", timedelta(hours=1), follow),
        Job("draft-extensions", timedelta(hours=1), draft),
        # Once for each day, whichever hour comes first: what was stopped goes on.
        Job("recompute", timedelta(hours=1), compare),
        Job("protest-clocks", timedelta(hours=1), run_clocks_of_protests),
        Job("protest-selections", timedelta(seconds=5), do_selections),
        Job("bill-clocks", timedelta(hours=1), run_clocks_of_bills),
        Job("remind", timedelta(hours=1), tell_what_comes_near),
        Job("assess-waiting", timedelta(hours=1), assess_what_waits),
        Job("read-special-duties", timedelta(minutes=5), read_duties),
        *_jobs_of_programs(platform),
    ]
    if settings.automatic_cycles and settings.cycle_confirmation == "automatic":
        jobs.append(Job("weekly-cycle", timedelta(seconds=30), run_cycles))
    return jobs


def _jobs_of_programs(platform: Platform) -> Sequence[Job]:
    """What programs of mass change do by themselves."""
    settings = cast("LiquidationSettings", platform.settings)
    clock = platform.clock
    policy, law, money = settings.cycle_policy, settings.law_in_force, settings.money_policy

    async def enrol(session: JobSession) -> None:
        await enrol_known(session, clock, policy, law, slices=50)

    async def judge_files(session: JobSession) -> None:
        await judge_declared(session, clock, policy, law)

    async def judge_what_is_open(session: JobSession) -> None:
        await judge_again(session, clock, policy, law)

    async def post_what_is_due(session: JobSession) -> None:
        await work_in_turns(session, clock, policy, law, money)

    async def seal_runs(session: JobSession) -> None:
        await seal_ended(session, clock)

    async def make_payments(session: JobSession) -> None:
        await close_payments(session, clock, money, settings.payment_policy)

    async def count_near_days(session: JobSession) -> None:
        async with snapshot(session) as tx:
            for program, entries in (await count_days_near(tx, legal_date(clock.now()))).items():
                platform.metrics.program_days_near.labels(program).set(entries)

    return [
        Job("enrol-in-programs", timedelta(minutes=1), enrol),
        Job("judge-declarations", timedelta(seconds=5), judge_files),
        Job("judge-declared-again", timedelta(minutes=1), judge_what_is_open),
        Job("post-programs", timedelta(minutes=1), post_what_is_due),
        Job("seal-program-runs", timedelta(minutes=1), seal_runs),
        Job("close-payments", timedelta(minutes=5), make_payments),
        Job("count-program-days", timedelta(minutes=15), count_near_days),
    ]
