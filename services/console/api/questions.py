"""Questions of a Center's community: asked by parties, moderated, answered and released; the answers for anyone."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.acts.calls import Panel
from services.console.acts.community_reads import Answered, AnswerList, AskedQuestion, AskedQuestions, QuestionPage
from services.console.acts.reads import Read
from services.console.api.frame import (
    PAGE_OF_FILE,
    Form,
    Visitor,
    console_of,
    form_of,
    go,
    key_of,
    outsider,
    page,
    place_after,
    problem_page,
    signed_in,
    status_after,
    version_of,
    visitor,
    whole_list,
)
from services.console.domain.questions import ACTS, STATES, acts_on, read_question_act
from shared.customs.authority import grants
from shared.customs.calendar import legal_date
from shared.customs.centers import centers

router = APIRouter(include_in_schema=False)

Anyone = Annotated[Visitor, Depends(visitor)]
SignedIn = Annotated[Visitor, Depends(signed_in)]
Party = Annotated[Visitor, Depends(outsider)]

SHOWN: Final = 15
_DONE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ask": "Asked. You are told when it is answered.",
        "rephrase": "Said in other words.",
        "admit": "Admitted: it waits for its answer.",
        "refuse": "Refused. Its asker is told why.",
        "merge": "Merged. Its asker follows the other one.",
        "answer": "Kept. Somebody else releases it.",
        "release": "Published. All who follow it are told.",
        "withdraw": "Withdrawn. All who follow it are told why.",
        "follow": "You are told when it is answered anew.",
    }
)


@router.get("/answers")
async def search_answers(
    request: Request, who: Anyone, center: str = "", q: str = "", rule: str = "", after: str = ""
) -> Response:
    """What Centers answered, the newest first, with the rule that each rests on."""
    found = await who.person.get(
        "notifications", "/answers", AnswerList, center=center, q=q, rule=rule, after=after, limit=SHOWN
    )
    if found.value is None:
        return problem_page(request, who, found, subject="The answers")
    return page(
        request,
        who,
        "answers.html",
        answers=found.value.items,
        given={"center": center, "q": q, "rule": rule},
        every=_every(),
        more=place_after(found.value.next),
    )


@router.get("/answers.csv")
async def give_answers(request: Request, who: Anyone, center: str = "", q: str = "", rule: str = "") -> Response:
    """The same as a file."""
    header = (
        *("question_id", "center", "subject", "question", "asked_by", "answer", "answer_es", "rule", "citation"),
        *("rests_on", "published_at"),
    )

    async def ask(after: str) -> Panel[AnswerList]:
        asked = {"center": center, "q": q, "rule": rule, "after": after, "limit": PAGE_OF_FILE}
        return await who.person.get("notifications", "/answers", AnswerList, **asked)

    def row(each: Answered) -> list[Any]:
        of_rule = {"rule": each.rule.rule, "citation": each.rule.citation}
        return [of_rule[name] if name in of_rule else getattr(each, name) for name in header]

    return await whole_list(request, who, ask, header, row, name="answers", subject="The answers")


@router.get("/answers/{answer_id}")
async def read_answer(request: Request, who: Anyone, answer_id: str) -> Response:
    """A published answer, under an address that stays."""
    return await _show_answer(request, who, answer_id)


@router.post("/answers/{answer_id}/follow")
async def follow_answer(request: Request, who: Party, answer_id: str) -> Response:
    """Be told when it is answered anew."""
    form = await form_of(request, who)
    body = {"recipient": form.get("recipient", [""])[0]}
    done = await who.person.post("notifications", f"/answers/{answer_id}/follow", Read, body)
    if done.is_shown or done.is_empty:
        return go(f"/answers/{answer_id}?done=follow")
    return await _show_answer(request, who, answer_id, refused=done)


@router.get("/questions")
async def list_questions(
    request: Request, who: SignedIn, center: str = "", state: str = "", after: str = ""
) -> Response:
    """What a party asked, with the form of another; for officers what is asked of their Centers."""
    return await _list(request, who, center=center, state=state, after=after)


@router.post("/questions")
async def ask_question(request: Request, who: Party) -> Response:
    """Ask a Center; what is refused comes back with what was written."""
    form = await form_of(request, who)
    body: dict[str, Any] = {name: form.get(name, [""])[0] for name in ("recipient", "center", "subject", "text")}
    body["is_anonymous"] = form.get("is_anonymous") == ["yes"]
    done = await who.person.post("notifications", "/questions", AskedQuestion, body, key=key_of(request))
    if done.value is None:
        return await _list(request, who, refused=done, form=form)
    return go(f"/questions/{done.value.question_id}?done=ask")


@router.get("/questions/{question_id}")
async def read_question(request: Request, who: SignedIn, question_id: str) -> Response:
    """Where a question stands."""
    return await _show(request, who, question_id)


@router.post("/questions/{question_id}/acts")
async def act_on_question(request: Request, who: SignedIn, question_id: str) -> Response:
    """Rephrase, moderate, answer, release or withdraw, on the version that the page showed."""
    form = await form_of(request, who)
    act, version = form.get("act", [""])[0], version_of(form)
    if act not in ACTS:
        raise HTTPException(422)
    method, end, body = read_question_act(act, form)
    path = f"/questions/{question_id}{end}"
    done: Panel[AskedQuestion]
    if method == "PUT":
        done = await who.person.put("notifications", path, AskedQuestion, body, version=version)
    else:
        done = await who.person.post("notifications", path, AskedQuestion, body, version=version)
    if not done.is_shown:
        return await _show(request, who, question_id, refused=done, form=form)
    return go(f"/questions/{question_id}?done={act}")


def _every() -> list[str]:
    return [each for each in centers() if each.startswith("CEE")]


async def _show_answer(
    request: Request, who: Visitor, answer_id: str, *, refused: Panel[Any] | None = None
) -> Response:
    found = await who.person.get("notifications", f"/answers/{answer_id}", Answered)
    if found.value is None:
        return problem_page(request, who, found, subject="The answer")
    return page(
        request,
        who,
        "answer.html",
        status=status_after(refused),
        answer=found.value,
        refused=refused,
        done=_DONE["follow"] if request.query_params.get("done") == "follow" else "",
    )


async def _list(
    request: Request,
    who: Visitor,
    *,
    center: str = "",
    state: str = "",
    after: str = "",
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    chosen = state if state in STATES else ""
    found = await who.person.get(
        "notifications", "/questions", AskedQuestions, center=center, state=chosen, after=after, limit=SHOWN
    )
    if found.value is None:
        return problem_page(request, who, found, subject="The questions")
    return page(
        request,
        who,
        "questions.html",
        status=status_after(refused),
        questions=found.value.items,
        center=center,
        every=_every(),
        state=chosen,
        states=STATES,
        more=place_after(found.value.next),
        refused=refused,
        written={name: values[0] for name, values in (form or {}).items()},
    )


async def _show(
    request: Request,
    who: Visitor,
    question_id: str,
    *,
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    found = await who.person.get("notifications", f"/questions/{question_id}", QuestionPage)
    question: QuestionPage | None = found.value
    if question is None:
        return problem_page(request, who, found, subject="The question")
    today = legal_date(console_of(request).platform.clock.now())

    def may(action: str) -> bool:
        return any(set(row.roles) & set(who.roles) for row in grants(action, today))

    written = {name: values[0] for name, values in (form or {}).items()}
    return page(
        request,
        who,
        "question.html",
        status=status_after(refused),
        question=question,
        version=found.version,
        states=STATES,
        acts=acts_on(question.state, may),
        about=written.get("act", ""),
        written=written,
        refused=refused,
        done=_DONE.get(request.query_params.get("done", ""), ""),
    )
