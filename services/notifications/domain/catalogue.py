"""The notices catalogue as data: each kind with its form, trigger, recipients, channels, effect and words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.notifications.domain import reminding
from services.notifications.domain.kind import EMAIL, POSTING, Lane, NoticeKind, Wording
from services.notifications.domain.payment_kinds import PAYMENT_KINDS
from services.notifications.domain.work_kinds import WORK_KINDS

_FINAL: Final = "The liquidation becomes final for all persons when the time to protest has passed."
_REFUND_WAITS: Final = (
    "The refund waits, and bears no interest for that time, until what is missing is supplied: enroll for ACH refunds "
    "with valid bank data in your ACE account, or obtain a waiver of electronic payment."
)
_DECIDES_WITHOUT: Final = "The Center may decide on what it has, and may propose to change what you declared."
_COURTESY: Final = (
    "The entry below has been liquidated. This is a courtesy without legal effect: only the notice on the public "
    "bulletin is evidence of liquidation."
)
_MAY_SUE: Final = (
    "The protestant has the right to contest {} by a civil action in the United States Court of International Trade."
)
_SUE: Final = (
    "becomes final unless a suit is begun within 180 days of the date of this notice; the day named here is the safe "
    "last day, never moved for a weekend or holiday. What was found due is paid before a suit is begun. Asking CBP to "
    "void the denial does not stop that time."
)
_BILLED: Final = (
    "What is owed is billed under the number below. The amounts are those of the act; a bill that takes the place of "
    "an unpaid one also holds what was still owed on that."
)
_PAY: Final = (
    "A bill that is not paid by the last day to pay is delinquent on the next, protested or not, and then bears "
    "interest from the liquidation in periods of 30 days; payment can be demanded of the surety. The liquidation can "
    "be protested within 180 days of it; a protest does not put off the day to pay."
)
_UNPAID: Final = (
    "The bill is delinquent, and interest from the liquidation is added in periods of 30 days until it is paid. It can "
    "be set off against what is owed to you (19 CFR 24.72) and sanctioned (19 CFR 142.14), but not while a protest "
    "that was filed in time is undecided; interest runs on all the same."
)
_REVIEWED_BY_OTHERS: Final = (
    "Nothing is asked of you. Officers who had no part in the protested decision review the protest before it is "
    "decided."
)
_NEWS_ASKS_NOTHING: Final = (
    "Nothing is asked of you by this notice. What it says holds from the day that it names, where it names one; no "
    "right of yours depends on having read it."
)


def _courtesy(also: Mapping[str, str]) -> Mapping[str, Wording]:
    return MappingProxyType({case: Wording(_COURTESY, f"{_FINAL} {words}") for case, words in also.items()})


_KINDS: Final = (
    NoticeKind(
        id="N-01",
        name="Center assignment or change",
        form="letter",
        trigger="account-assigned with a Center",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 CFR 101.10",
        text="A Center of Excellence and Expertise manages your account from the date below. It decides what follows "
        "the release of your cargo, whatever the port of entry.",
        if_nothing_is_done="The assignment stands. You may appeal it in writing at any time to the Office of Field "
        "Operations.",
    ),
    NoticeKind(
        id="N-02",
        name="Decision on the appeal against the Center",
        form="letter",
        trigger="appeal-decided: upheld or reassigned",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 CFR 101.10",
        text="Field Operations has decided your appeal: the Center stays the one that your account has.",
        if_nothing_is_done="The assignment stands. You may appeal it again in writing at any time.",
        variants=MappingProxyType(
            {
                "reassigned": Wording(
                    "Field Operations has decided your appeal: your account is assigned to the Center named here from "
                    "the day named here.",
                    "Nothing is asked of you. The new assignment takes effect on its day, with a notice of its own; "
                    "open matters stay with the Center that has them unless they are moved.",
                )
            }
        ),
    ),
    NoticeKind(
        id="N-03",
        name="Request for information",
        form="CBP 28",
        trigger="request-issued, form CBP-28; request-changed: reminded, extended, overdue, withdrawn",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="CBP Form 28; 19 USC 1509(a)",
        is_lettered=True,
        days="reply within 30 days of its date",
        lane=Lane.URGENT,
        text="The Center needs information from you on the entries below before it can go on.",
        if_nothing_is_done="The Center may decide on what it has, and may propose to change what you declared.",
        variants=MappingProxyType(
            {
                "reminder": Wording(
                    "The Center reminds you of the request for information that it sent you on the entries below.",
                    _DECIDES_WITHOUT,
                ),
                "extended": Wording(
                    "You have more time to answer the request for information on the entries below: until the day "
                    "named here.",
                    _DECIDES_WITHOUT,
                ),
                "overdue": Wording(
                    "The day by which an answer to the request for information on the entries below was asked for has "
                    "passed, and the Center has received none.",
                    "The Center may decide on what it has, and may propose to change what you declared. An answer that "
                    "comes late is still read until it has decided.",
                ),
                "withdrawn": Wording(
                    "The Center has withdrawn the request for information on the entries below.",
                    "Nothing is asked of you any more.",
                ),
            }
        ),
    ),
    NoticeKind(
        id="N-04",
        name="Notice of action",
        form="CBP 29",
        trigger="request-issued, form CBP-29; request-changed: taken, withdrawn",
        routes=(EMAIL,),
        has_legal_effect=True,
        law="19 CFR 152.2",
        is_lettered=True,
        days="answer within 20 days of its date",
        lane=Lane.URGENT,
        text="The Center proposes, or has taken, an action on the entries below that changes what you declared.",
        if_nothing_is_done="The action is taken, and the entries are liquidated accordingly. Liquidation can be "
        "protested.",
        variants=MappingProxyType(
            {
                "taken": Wording(
                    "The action that the Center proposed on the entries below is taken.",
                    "The entries are liquidated accordingly. That the action is taken cannot be protested by itself; "
                    "the liquidation can, within 180 days of it.",
                    has_legal_effect=True,
                ),
                "withdrawn": Wording(
                    "The Center has withdrawn the action on the entries below.", "Nothing is asked of you any more."
                ),
            }
        ),
    ),
    NoticeKind(
        id="N-09",
        name="Courtesy notice of liquidation",
        form="former CBP 4333-A",
        trigger="entry-changed: liquidated, deemed-liquidated or reliquidated",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 CFR 159.9",
        days="protest within 180 days of the liquidation",
        lane=Lane.BULK,
        text=_COURTESY,
        if_nothing_is_done=_FINAL,
        variants=_courtesy(
            {
                "billed": "The bill is delinquent on the day after its due day, protested or not, and then bears "
                "interest from the liquidation.",
                "refund": "The refund is due 30 days after the liquidation; nothing is asked of you for it.",
                "refund-waiting": _REFUND_WAITS,
                "amount-unknown": "The amount cannot be computed until the fact named here is known; a bill or refund "
                "then follows with a notice of its own.",
            }
        ),
    ),
    NoticeKind(
        id="N-10",
        name="Extension of liquidation",
        form="CBP 4333-A, modified",
        trigger="entry-changed: extended",
        routes=(POSTING, EMAIL),
        has_legal_effect=True,
        law="19 USC 1504(b); 19 CFR 159.12",
        text="The time to liquidate the entry below has been extended.",
        if_nothing_is_done="Nothing is asked of you. The entry must be liquidated before the extended time ends.",
        is_for_surety=True,
    ),
    NoticeKind(
        id="N-11",
        name="Suspension of liquidation",
        form="CBP 4333-A, modified",
        trigger="entry-changed: suspended",
        routes=(POSTING, EMAIL),
        has_legal_effect=True,
        law="19 USC 1504(c); 19 CFR 159.12(c)",
        text="Liquidation of the entry below is suspended by statute or court order.",
        if_nothing_is_done="Nothing is asked of you. The entry cannot be liquidated until the suspension is removed.",
        is_for_surety=True,
    ),
    NoticeKind(
        id="N-12",
        name="Suspension lifted",
        form="message",
        trigger="entry-changed: suspension-lifted",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 USC 1504(d)",
        text="The suspension of liquidation of the entry below has been removed.",
        if_nothing_is_done="Nothing is asked of you. Unless it is liquidated or extended before, the entry is "
        "liquidated by operation of law on the day named here, at the rate, value, quantity and amount of duty that "
        "the importer of record asserted.",
        is_for_surety=True,
        variants=MappingProxyType(
            {
                "still-suspended": Wording(
                    "A ground of the suspension of the entry below has been removed. Liquidation stays suspended on "
                    "another.",
                    "Nothing is asked of you. The entry cannot be liquidated until the last suspension is removed.",
                ),
                "no-day": Wording(
                    "The suspension of liquidation of the entry below has been removed. By when the entry must be "
                    "liquidated is not known yet.",
                    "Nothing is asked of you.",
                ),
            }
        ),
    ),
    NoticeKind(
        id="N-13",
        name="Official notice of liquidation or reliquidation",
        form="bulletin notice (was CBP 4333)",
        trigger="entry-changed: liquidated, deemed-liquidated or reliquidated",
        routes=(POSTING,),
        has_legal_effect=True,
        law="19 USC 1500(e); 19 CFR 159.9",
        days="protest within 180 days of the liquidation",
        text="The entry below has been liquidated. This posting is the legal evidence of liquidation.",
        if_nothing_is_done=_FINAL,
        is_for_surety=True,
    ),
    NoticeKind(
        id="N-14",
        name="Liquidation date changed",
        form="once CATAIR UC 9",
        trigger="entry-changed: rescheduled",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="CBP Dec. 16-25 (81 FR 89375)",
        lane=Lane.BULK,
        text="The date on which the entry below is scheduled to be liquidated has changed.",
        if_nothing_is_done="Nothing is asked of you. Corrections of the summary are taken until 15 days before the "
        "scheduled date at the latest.",
    ),
    NoticeKind(
        id="N-15",
        name="Correction presented by another filer",
        form="CATAIR UC 8",
        trigger="entry-changed of a version, reason corrected-by-other-filer",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="CBP general notice of 1 Nov 2017",
        text="A post-summary correction of the entry below has been presented by a filer other than the one that filed "
        "the entry.",
        if_nothing_is_done="The correction stays as it was presented. If you did not ask for it, tell the Center and "
        "your filer. Corrections are taken until 300 days after entry and 15 days before the scheduled liquidation at "
        "the latest.",
    ),
    NoticeKind(
        id="N-16",
        name="Protest receipt",
        form="CBP 19",
        trigger="protest-changed: filed",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 USC 1515; 19 CFR 174.12",
        days="decision within 2 years of filing",
        text="The protest below has been received.",
        if_nothing_is_done="The Center reviews the protest within two years of filing. Accelerated disposition may be "
        "asked for, by which a protest is deemed denied on the 30th day after the request.",
    ),
    NoticeKind(
        id="N-17",
        name="Protest decision",
        form="CBP 19, decision",
        trigger="protest-changed: denied, allowed, allowed in part or rejected",
        routes=(EMAIL,),
        has_legal_effect=True,
        law="19 CFR part 174",
        is_lettered=True,
        days="sue within 180 days of the denial",
        lane=Lane.URGENT,
        text=f"The protest below has been denied for the reasons stated. {_MAY_SUE.format('the denial')}",
        if_nothing_is_done=f"The denial {_SUE}",
        variants=MappingProxyType(
            {
                "allowed": Wording(
                    "The protest below has been allowed.",
                    "Nothing is asked of you. Entries that were liquidated are reliquidated, each with a notice of its "
                    "own; what was paid too much is refunded, and a bill for it is cancelled.",
                ),
                "allowed-in-part": Wording(
                    "The protest below has been allowed in part, and denied in the rest for the reasons stated. "
                    f"{_MAY_SUE.format('the denial in part')}",
                    "What was allowed is carried out with a notice of its own for each entry. The denial of the rest "
                    f"{_SUE}",
                    has_legal_effect=True,
                ),
                "rejected": Wording(
                    "The protest below has been rejected for the reason stated, without a decision on its merits.",
                    "The protested decision stands. What makes a protest incomplete can be repaired by filing again "
                    "while the time to protest lasts.",
                ),
            }
        ),
    ),
    NoticeKind(
        id="N-18",
        name="Further review granted or refused",
        form="letter",
        trigger="protest-changed: further review granted or refused, or its refusal set aside or not",
        routes=(EMAIL,),
        has_legal_effect=True,
        law="19 USC 1515(c); 19 CFR 174.24 to 174.26",
        days="ask to set aside within 60 days of the refusal",
        lane=Lane.URGENT,
        text="Further review of the protest below has been refused.",
        if_nothing_is_done="The Center decides the protest itself. The Commissioner can be asked within 60 days of the "
        "notice of the refusal to set it aside; the day named here is the safe last day. Asking does not stop the time "
        "to sue on a denial.",
        variants=MappingProxyType(
            {
                "granted": Wording("Further review of the protest below has been granted.", _REVIEWED_BY_OTHERS),
                "set-aside": Wording(
                    "The refusal of further review of the protest below has been set aside: further review is granted.",
                    _REVIEWED_BY_OTHERS,
                ),
                "set-aside-refused": Wording(
                    "The request to set aside the refusal of further review of the protest below has been refused, or "
                    "counts as refused because it was not answered in time.",
                    "The refusal of further review stands. A suit stays possible after a denial, in its own time.",
                ),
            }
        ),
    ),
    NoticeKind(
        id="N-19",
        name="Deemed denial of a protest",
        form="notice",
        trigger="protest-changed: deem-denied",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="28 USC 2636(a); 19 CFR 174.31",
        days="sue within 180 days of the deemed denial",
        lane=Lane.URGENT,
        text="The protest below is denied by operation of law: its 30 days ended without a decision. CBP cannot decide "
        f"it any more. {_MAY_SUE.format('the denial')}",
        if_nothing_is_done="The denial becomes final unless a suit is begun within 180 days of the day on which it was "
        "deemed denied; the day named here is the safe last day, never moved for a weekend or holiday. What was found "
        "due is paid before a suit is begun.",
    ),
    NoticeKind(
        id="N-21",
        name="Preference decided or to be denied",
        form="letter",
        trigger="entry-changed: preference-claim-decided; acts of the process preference",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 USC 1520(d), 1514(a)(7)",
        days="protest within 180 days of the denial; comments within 30 days of an intent",
        text="The claim for preference on the entry below, made after importation, has been denied for the reasons "
        "stated.",
        if_nothing_is_done="The denial stays. It can be protested within 180 days of it; the day named here is the "
        "safe last day, never moved for a weekend or holiday.",
        variants=MappingProxyType(
            {
                "granted": Wording(
                    "The claim for preference on the entry below, made after importation, has been granted.",
                    "Nothing is asked of you. The reliquidation and the refund come with notices of their own.",
                ),
                "intent": Wording(
                    "The Center intends to deny the preference that was claimed on the entry below, for the facts "
                    "stated. You may comment on them until the day named here.",
                    "The Center decides on what it has, and the preference is denied.",
                ),
                "qualifies": Wording(
                    "The Center has found that the goods on the entry below qualify for the preference that was "
                    "claimed.",
                    "Nothing is asked of you.",
                ),
                "denied-in-review": Wording(
                    "The Center has denied the preference that was claimed on the entry below, for the reasons stated.",
                    "A notice of action on the increase follows, and the entry is liquidated accordingly. The "
                    "liquidation can be protested within 180 days of it.",
                ),
            }
        ),
    ),
    NoticeKind(
        id="N-33",
        name="Bulletin of the Center",
        form="bulletin",
        trigger="a broadcast of a Center that two people released, or an older broadcast-issued",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="own rule of Centerline",
        lane=Lane.NEWS,
        text="The Center that manages your account tells its importers what stands below.",
        if_nothing_is_done="Nothing is asked of you by this notice. What the bulletin says holds from the day that it "
        "names; no right of yours depends on having read it.",
        variants=MappingProxyType(
            {
                "party": Wording("The Center tells you what stands below.", _NEWS_ASKS_NOTHING),
                "correction": Wording(
                    "The Center corrects what it told before: what stands below takes the place of it.",
                    _NEWS_ASKS_NOTHING,
                ),
            }
        ),
    ),
    NoticeKind(
        id="N-34",
        name="Bill for increased duty",
        form="CBP 6084",
        trigger="entry-changed: billed, or a liquidation or reliquidation with a bill",
        routes=(EMAIL,),
        has_legal_effect=True,
        law="19 USC 1505(b); 19 CFR 24.3(e)",
        is_lettered=True,
        days="pay within 30 days of the bill",
        lane=Lane.URGENT,
        text=f"More duty, fees or interest is due on the entry below. {_BILLED}",
        if_nothing_is_done=_PAY,
        variants=MappingProxyType(
            {
                "carried-over": Wording(
                    f"An act on the entry below took the place of one that is not paid, and less is owed. {_BILLED}",
                    _PAY,
                    has_legal_effect=True,
                )
            }
        ),
    ),
    NoticeKind(
        id="N-35",
        name="Bill reminder",
        form="letter",
        trigger="entry-changed: bill-overdue",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 USC 1505(d); 19 CFR 24.3a",
        is_lettered=True,
        text="The bill below was not paid by the day on which it was due.",
        if_nothing_is_done=_UNPAID,
        variants=MappingProxyType(
            {"dunning": Wording("The bill below is unpaid 120 days after it was issued.", _UNPAID)}
        ),
    ),
    NoticeKind(
        id="N-36",
        name="Formal demand on surety",
        form="612 report",
        trigger="entry-changed: surety-billed",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 USC 1514(c)(3); 19 CFR 174.12(e)(3)",
        days="surety's protest within 180 days of the mailing",
        text="Payment of the bill below, which the importer of record has not paid, is demanded of the surety on the "
        "bond.",
        if_nothing_is_done="The surety owes what is open within what is left of its bond, and the importer of record "
        "all of it with interest. The surety's own time to protest is 180 days from the mailing of the demand; the day "
        "named here is the safe last day, counted from the day of the demand.",
        is_for_surety=True,
    ),
    NoticeKind(
        id="N-37",
        name="Refund issued or not payable",
        form="notice",
        trigger="entry-changed: refund-changed, or a liquidation or reliquidation with a refund that cannot be paid",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 USC 1505(b); 91 FR 21 (CBP Dec. 25-18)",
        text="A refund on the entry below cannot be paid yet.",
        if_nothing_is_done=_REFUND_WAITS,
        variants=MappingProxyType(
            {
                "ready": Wording(
                    "A refund on the entry below can be paid, and waits to be certified.",
                    "Nothing is asked of you. A refund is due 30 days after the liquidation or reliquidation.",
                ),
                "certified": Wording(
                    "A refund on the entry below has been certified for payment.", "Nothing is asked of you."
                ),
                "paid": Wording("A refund on the entry below has been paid.", "Nothing is asked of you."),
                "replaced": Wording(
                    "A later act on the entry below took the place of a refund that had not been paid.",
                    "Nothing is asked of you. The notice of the later act says what is owed.",
                ),
            }
        ),
    ),
    NoticeKind(
        id="N-39",
        name="Liquidation without effect",
        form="bulletin notice",
        trigger="entry-changed: liquidation-voided",
        routes=(POSTING, EMAIL),
        has_legal_effect=False,
        law="19 CFR 159.9",
        text="The liquidation that was posted for the entry below has no effect in law, for the reason stated. The "
        "posting is kept and marked.",
        if_nothing_is_done="Nothing is asked of you. The entry stands as it did before that liquidation, and is "
        "liquidated with a notice of its own.",
        is_for_surety=True,
    ),
    NoticeKind(
        id="N-40",
        name="Denial of a protest voided",
        form="letter",
        trigger="protest-changed: void-denial",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 USC 1515(c)",
        days="sue within 180 days of the denial",
        text="The denial of the protest below has been voided. The protest is open again, and is decided anew.",
        if_nothing_is_done="Nothing is asked of you for the new decision. Do not rely on the voiding for the time to "
        "sue: a request to void a denial does not stop it, and the day named here is the safe last day, counted from "
        "the denial.",
    ),
    NoticeKind(
        id="N-41",
        name="Webhook turned off",
        form="message of Centerline",
        trigger="a receiver answered 410 Gone, or took nothing for five days",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="none: webhooks add to what the law requires",
        text="Your webhook named below has been turned off, for the reason stated, and is called no more. Your notices "
        "go on by mail and in your inbox.",
        if_nothing_is_done="It stays off. When it works again turn it on with POST /webhooks/{webhook_id}/enable, by "
        "the id stated: notices from then on are sent to it, those of the time between are in GET /notices.",
    ),
    NoticeKind(
        id="N-46",
        name="Question answered",
        form="message of Centerline",
        trigger="a question of a Center's community was answered, refused or merged, or its answer withdrawn",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="own rule of Centerline",
        text="The Center has answered the question below, which you asked or follow. The answer is general: it decides "
        "no matter of yours and is no ruling.",
        if_nothing_is_done="Nothing is asked of you. The answer says on which rule it rests; it is marked when that "
        "rule changes.",
        variants=MappingProxyType(
            {
                "refused": Wording(
                    "The Center does not publish the question below, which you asked, for the reason stated.",
                    "Nothing is asked of you. You may ask again, without what was in the way.",
                ),
                "merged": Wording(
                    "The question below, which you asked, is the same as an earlier one. You are told when that one is "
                    "answered, or find its answer at once.",
                    "Nothing is asked of you.",
                ),
                "withdrawn": Wording(
                    "The Center has withdrawn its answer to the question below, which you asked or follow, for the "
                    "reason stated. Do not rely on what it said.",
                    "Nothing is asked of you. You are told when the question is answered anew.",
                ),
            }
        ),
    ),
    NoticeKind(
        id="N-47",
        name="Directory or guidance changed",
        form="message of Centerline",
        trigger="directory-changed, or a new version of a guidance; to who subscribed to it",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="own rule of Centerline",
        lane=Lane.NEWS,
        text="What the directory says of the Center has changed, or changes on the day named here, as stated below.",
        if_nothing_is_done="Nothing is asked of you. The directory of today is at GET /centers.",
        variants=MappingProxyType(
            {
                "guidance": Wording(
                    "The Center has published guidance, or a new version of it: what changed is stated below.",
                    _NEWS_ASKS_NOTHING,
                ),
            }
        ),
    ),
)

CATALOGUE: Final[Mapping[str, NoticeKind]] = MappingProxyType(
    {kind.id: kind for kind in sorted((*_KINDS, *WORK_KINDS, *PAYMENT_KINDS, reminding.KIND), key=lambda kind: kind.id)}
)
"""By id. N-39 and N-40 correct N-13 and N-17; those from N-41 on are of Centerline itself: they are no CBP forms."""
