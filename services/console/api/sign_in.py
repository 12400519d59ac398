"""Signing in and out: at the identity provider, or in development as one of the sample people."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import PlainTextResponse, Response

from services.console.acts.login import Login, LoginFailed
from services.console.acts.people import SAMPLE_PEOPLE, find_person
from services.console.acts.secrets import digest, new_secret
from services.console.api.frame import Console, Visitor, console_of, form_of, go, page, visitor
from services.console.api.session import token_of
from services.console.store import sessions
from shared.db.transaction import transaction
from shared.web.identity import issue_development_token

router = APIRouter(include_in_schema=False)

CALLBACK = "/login/callback"
LOGOUT_BY_PROVIDER = "/logout/provider"
SIGN_IN_AS = "/login/as"


@router.get("/login")
async def read_login(request: Request, who: Annotated[Visitor, Depends(visitor)], to: str = "") -> Response:
    """The sign-in page of development; elsewhere the way to the provider."""
    console = console_of(request)
    if console.settings.development:
        return page(request, who, "login.html", people=SAMPLE_PEOPLE, to=own_path(to) if to else "")
    login: Login | None = request.app.state.login
    if login is None:
        text = (
            "No identity provider is set: CENTERLINE_TOKEN_ISSUER and CENTERLINE_LOGIN_CLIENT_ID name one, or in"
            " development CENTERLINE_DEVELOPMENT for sample people."
        )
        return page(request, who, "message.html", status=503, title="Nobody can sign in", text=text)
    try:
        begun = await login.begin(own_path(to or "/queue"))
    except LoginFailed as failed:
        return page(request, who, "message.html", status=503, title="Signing in does not work now", text=str(failed))
    async with transaction(console.platform.engine) as tx:
        now = console.platform.clock.now()
        await sessions.prune(tx, console.lifetime, now)
        kept = console.vault.seal({**begun.kept, "browser": new_secret()})
        await sessions.keep_sign_in(tx, digest(begun.state), kept, now)
    # A form leads to no other site, by redirects neither (form-action): who sent one is led from a page of ours.
    answer = page(request, who, "leaving.html", url=begun.url)
    answer.headers["refresh"] = f"0; url={begun.url}"
    # Who comes back must be the browser that left: a state that somebody else began signs nobody in.
    _set_cookie(console, answer, f"{console.cookie}-begun", begun.state, same_site="lax", seconds=600)
    return answer


@router.get(CALLBACK)
async def finish_login(
    request: Request, who: Annotated[Visitor, Depends(visitor)], state: str = "", code: str = "", error: str = ""
) -> Response:
    """Where the provider sends the browser back to."""
    console, login = console_of(request), request.app.state.login
    begun = request.cookies.get(f"{console.cookie}-begun")
    async with transaction(console.platform.engine) as tx:
        sealed = await sessions.take_sign_in(tx, digest(state), console.platform.clock.now())
    kept = None if sealed is None else console.vault.open(sealed)
    if login is None or kept is None or begun != state or error or not code:
        text = "The sign-in took too long, was begun elsewhere, or was given up. Begin again."
        return page(request, who, "message.html", status=400, title="Not signed in", text=text)
    try:
        got = await login.finish(code, kept)
    except LoginFailed as failed:
        return page(request, who, "message.html", status=400, title="Not signed in", text=str(failed))
    me = await console.services.of(got.access_token).get_me()
    if me.value is None:
        text = "The provider knows you, but the services do not answer or do not take its token."
        return page(request, who, "message.html", status=503, title="Not signed in", text=text)
    content: dict[str, Any] = {"subject": me.value.subject, "name": me.value.name, "acting_for": me.value.acting_for}
    content |= {"roles": me.value.roles, "centers": me.value.centers, "importers": me.value.importer_numbers}
    content |= token_of(got, console.platform.clock.now())
    return await _begin_session(request, content, got.provider_session, kept["go_on"])


@router.post(SIGN_IN_AS)
async def sign_in_as(request: Request) -> Response:
    """Be one of the sample people; in development only."""
    console = console_of(request)
    form = await request.form()
    person = find_person(str(form.get("subject", "")))
    if not console.settings.development or person is None:
        return PlainTextResponse("There is no such person here.", 404)
    now = console.platform.clock.now()
    token = issue_development_token(console.settings, person.identity, now, console.lifetime.most)
    content: dict[str, Any] = {"token": token, "subject": person.identity.subject, "name": person.identity.name}
    content |= {"roles": sorted(person.identity.roles), "centers": sorted(person.identity.centers)}
    content |= {"importers": sorted(person.identity.importer_numbers)}
    return await _begin_session(request, content, None, own_path(str(form.get("to") or person.begins)))


@router.post("/logout")
async def sign_out(request: Request, who: Annotated[Visitor, Depends(visitor)]) -> Response:
    """End the session."""
    console = console_of(request)
    if who.session_id is not None:
        await form_of(request, who)
        async with transaction(console.platform.engine) as tx:
            await sessions.end(tx, digest(who.session_id))
    answer = go("/")
    answer.delete_cookie(console.cookie, secure=console.settings.is_secure, httponly=True, samesite="lax")
    return answer


@router.post(LOGOUT_BY_PROVIDER)
async def sign_out_by_provider(request: Request) -> Response:
    """End the sessions that the provider names; its logout token is the proof."""
    console, login = console_of(request), request.app.state.login
    form = await request.form()
    if login is None:
        return Response(status_code=404)
    try:
        session, subject = await login.read_logout(str(form.get("logout_token", "")))
    except LoginFailed as failed:
        return PlainTextResponse(str(failed), 400)
    async with transaction(console.platform.engine) as tx:
        await sessions.end_of_provider(tx, session, subject)
    return Response(status_code=200)


def own_path(to: str) -> str:
    """A path of the console; whatever leads elsewhere becomes the queue.

    >>> own_path("/entries/x"), own_path("//evil.example"), own_path("https://evil.example"), own_path("/\\\\evil")
    ('/entries/x', '/queue', '/queue', '/queue')
    """
    is_own = to.startswith("/") and not to.startswith("//") and "\\" not in to and to.isprintable()
    return to if is_own else "/queue"


async def _begin_session(request: Request, content: dict[str, Any], provider_session: str | None, to: str) -> Response:
    """A new session under a new id, whatever the browser had before."""
    console = console_of(request)
    session_id, before, now = new_secret(), request.cookies.get(console.cookie), console.platform.clock.now()
    async with transaction(console.platform.engine) as tx:
        await sessions.prune(tx, console.lifetime, now)
        if before is not None:
            await sessions.end(tx, digest(before))
        await sessions.begin(
            tx,
            digest(session_id),
            console.vault.seal(content),
            subject=content["subject"],
            provider_session=provider_session,
            now=now,
        )
    answer = go(own_path(to))
    _set_cookie(console, answer, console.cookie, session_id, same_site="lax", seconds=None)
    return answer


def _set_cookie(
    console: Console, answer: Response, name: str, value: str, *, same_site: Any, seconds: int | None
) -> None:
    answer.set_cookie(
        name, value, max_age=seconds, path="/", secure=console.settings.is_secure, httponly=True, samesite=same_site
    )
