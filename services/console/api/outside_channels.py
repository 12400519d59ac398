"""How a party is told: what it asks for, news, its own software, its calendar. A secret is shown once."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.reads import Feed, NewFeed, NewWebhook, Preference, Read, Speaker, Subscription, Webhook
from services.console.api.frame import (
    Form,
    Visitor,
    form_of,
    go,
    key_of,
    outsider,
    page,
    problem_page,
    status_after,
)
from services.console.domain.speaking import TOPICS, list_recipients
from shared.customs.centers import centers

router = APIRouter(include_in_schema=False)

Party = Annotated[Visitor, Depends(outsider)]

HERE: Final = "/my/channels"
_WEBHOOK_ACTS: Final = frozenset({"disable", "enable", "test"})


@router.get(HERE)
async def read_channels(request: Request, who: Party) -> Response:
    """All ways in which this person's recipients are told."""
    return await _show(request, who)


@router.post("/my/channels/preferences")
async def ask_for(request: Request, who: Party) -> Response:
    """Ask for a language, a second address, quiet hours, a digest, reminders."""
    form = await form_of(request, who)
    body: dict[str, Any] = {name: form.get(name, [""])[0] for name in ("recipient", "language", "digest", "time_zone")}
    body["second_email"] = form.get("second_email", [""])[0] or None
    since, to = (form.get(name, [""])[0] for name in ("quiet_since", "quiet_to"))
    body["quiet_hours"] = {"since": since, "to": to} if since and to else None
    body["reminders"] = bool(form.get("reminders"))
    done = await who.person.put("notifications", "/preferences", Preference, body)
    return await _after(request, who, done, form, "preferences")


@router.post("/my/channels/subscriptions")
async def subscribe(request: Request, who: Party) -> Response:
    """Ask for news of a Center, or for no more of it."""
    form = await form_of(request, who)
    body: dict[str, Any] = {name: form.get(name, [""])[0] for name in ("recipient", "topic", "center")}
    body["is_on"] = form.get("is_on", [""])[0] == "yes"
    done = await who.person.put("notifications", "/subscriptions", Subscription, body)
    return await _after(request, who, done, form, "subscriptions")


@router.post("/my/channels/webhooks")
async def register_webhook(request: Request, who: Party) -> Response:
    """Register a receiver; its secret is on the page that comes, and nowhere else."""
    form = await form_of(request, who)
    body = {
        "recipient": form.get("recipient", [""])[0],
        "url": form.get("url", [""])[0],
        "kinds": form.get("kinds", [""])[0].replace(",", " ").split(),
    }
    done = await who.person.post("notifications", "/webhooks", NewWebhook, body, key=key_of(request))
    if done.value is None:
        return await _after(request, who, done, form, "webhooks")
    return await _show(request, who, secret=("The secret of the webhook", done.value.secret))


@router.post("/my/channels/webhooks/{webhook_id}/{act}")
async def act_on_webhook(request: Request, who: Party, webhook_id: str, act: str) -> Response:
    """Turn a receiver off or on, or try it."""
    form = await form_of(request, who)
    chosen = act if act in _WEBHOOK_ACTS else "test"
    done = await who.person.post("notifications", f"/webhooks/{webhook_id}/{chosen}", Read)
    return await _after(request, who, done, form, "webhooks")


@router.post("/my/channels/calendars")
async def make_feed(request: Request, who: Party) -> Response:
    """Make an address for calendar programs; it is on the page that comes, and nowhere else."""
    form = await form_of(request, who)
    alarm = form.get("alarm_days", [""])[0]
    body: dict[str, Any] = {name: form.get(name, [""])[0] for name in ("owner", "name")}
    body |= {"mine_only": bool(form.get("mine_only")), "alarm_days": int(alarm) if alarm.isdigit() else None}
    done = await who.person.post("liquidation", "/calendar-feeds", NewFeed, body, key=key_of(request))
    if done.value is None:
        return await _after(request, who, done, form, "calendars")
    return await _show(request, who, secret=("The address for your calendar", done.value.address))


@router.post("/my/channels/calendars/{feed_id}/revoke")
async def revoke_feed(request: Request, who: Party, feed_id: str) -> Response:
    """Close an address at once."""
    form = await form_of(request, who)
    done = await who.person.post("liquidation", f"/calendar-feeds/{feed_id}/revoke", Feed)
    return await _after(request, who, done, form, "calendars")


async def _after(request: Request, who: Visitor, done: Panel[Any], form: Form, about: str) -> Response:
    if done.is_shown or done.is_empty:
        return go(f"{HERE}?done=yes#{about}")
    return await _show(request, who, refused=done, form=form, about=about)


async def _show(
    request: Request,
    who: Visitor,
    *,
    refused: Panel[Any] | None = None,
    form: Form | None = None,
    about: str = "",
    secret: tuple[str, str | None] | None = None,
) -> Response:
    me, preferences, subscriptions, webhooks, feeds = await panels_of(
        who.person.get("notifications", "/me", Speaker),
        who.person.get("notifications", "/preferences", list[Preference]),
        who.person.get("notifications", "/subscriptions", list[Subscription]),
        who.person.get("notifications", "/webhooks", list[Webhook]),
        who.person.get("liquidation", "/calendar-feeds", list[Feed]),
    )
    if me.value is None:
        return problem_page(request, who, me, subject="The channels")
    speaker = me.value
    recipients = list_recipients(speaker.importer_numbers, speaker.filer_code, speaker.surety_code, speaker.party)
    asked = {each.recipient: each for each in preferences.value or []}
    return page(
        request,
        who,
        "my_channels.html",
        status=status_after(refused),
        recipients=recipients,
        asked=asked,
        preferences=preferences,
        subscriptions=subscriptions,
        webhooks=webhooks,
        feeds=feeds,
        topics=TOPICS,
        centers=[each for each in centers() if each.startswith("CEE")],
        secret=secret,
        refused=refused,
        about=about,
        written={name: values[0] for name, values in (form or {}).items()},
        done=request.query_params.get("done", ""),
    )
