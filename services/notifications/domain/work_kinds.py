"""The kinds of notice that acts on the processes of the Centers cause, and refusals of what filers publish."""

from types import MappingProxyType
from typing import Final

from services.notifications.domain.kind import EMAIL, Lane, NoticeKind, Wording

_NOTHING_ASKED: Final = "Nothing is asked of you."
_FILE_AGAIN: Final = (
    "The summary counts as not filed until it is sent again with what is wrong put right, and the duties on it may be "
    "late."
)
_RECONCILE: Final = (
    "The flagged entries are liquidated without the change that they were flagged for, and liquidated damages may be "
    "assessed for the reconciliation that is missing."
)
_PETITION: Final = (
    "The amount is due, and can be collected from you and from the surety on the bond, and sued for. A petition for "
    "relief may be filed until the day named here."
)
_CENTER_DECIDES: Final = "The Center decides on what it has."
_HOW_WAS_IT: Final = (
    "Please say at the address below how satisfied you are, from 1 to 5, and whether it is settled. Figures are "
    "published by Center when eleven accounts or more have answered, never what one of them said."
)
_NOT_COUNTED: Final = "Your answer is not counted. No right of yours depends on it."

WORK_KINDS: Final = (
    NoticeKind(
        id="N-05",
        name="Summary or correction rejected",
        form="CATAIR UC 4, R",
        trigger="work-item-changed: acts that reject or revert; event-refused",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="CBP entry summary acceptance and reject policy",
        days="send again within 2 working days of the rejection",
        lane=Lane.URGENT,
        text="The summary of the entry below has been rejected for the reason stated.",
        if_nothing_is_done=_FILE_AGAIN,
        variants=MappingProxyType(
            {
                "correction": Wording(
                    "The post-summary correction of the entry below has been rejected for the reason stated.",
                    "The summary stands as it was before the correction. Corrections are taken until 300 days after "
                    "entry and 15 days before the scheduled liquidation at the latest.",
                ),
                "reverted": Wording(
                    "The post-summary correction of the entry below has been taken back for the reason stated.",
                    "The summary stands as it was before the correction.",
                ),
                "reconciliation": Wording(
                    "The reconciliation has been rejected for the reasons stated, and can be filed again until the day "
                    "named here.",
                    _RECONCILE,
                ),
                "certificate": Wording(
                    "The statement on reimbursement of antidumping or countervailing duties is missing for the entry "
                    "below (reason 013).",
                    "Reimbursement is presumed, and twice the duties are assessed at liquidation (19 CFR 351.402(f)).",
                ),
                "barred": Wording(
                    "A post-summary correction of the entry below was presented and has no effect, for the reason "
                    "stated.",
                    "The summary stands as it was before the correction.",
                ),
                "refused": Wording(
                    "A message that you published is no event of its kind and has no effect. What is wrong is named "
                    "below, each fault with its place.",
                    "Nothing of the message is recorded: what it was to file counts as not filed.",
                ),
            }
        ),
    ),
    NoticeKind(
        id="N-06",
        name="Documents asked for",
        form="CATAIR UC 1, 2, 3",
        trigger="work-item-changed: request-documents",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 USC 1509(a)(1)(A); 19 CFR 163.6",
        days="produce within 30 days of the request",
        lane=Lane.URGENT,
        text="The Center asks you for documents on the entry below.",
        if_nothing_is_done="The Center decides on what it has. Records that the law requires for the entry and that "
        "are not produced can lead to a penalty (19 USC 1509(g)).",
    ),
    NoticeKind(
        id="N-07",
        name="Summary cancelled or inactivated",
        form="CATAIR UC 5, 6",
        trigger="work-item-changed: cancel, inactivate",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 CFR part 142",
        text="The summary of the entry below has been cancelled for the reason stated.",
        if_nothing_is_done="The entry has no summary any more. Tell the Center at once if you did not ask for it.",
        variants=MappingProxyType(
            {
                "inactivated": Wording(
                    "The summary of the entry below has been inactivated for the reason stated.",
                    "The summary is not worked on until it is active again. Tell the Center if you did not expect it.",
                )
            }
        ),
    ),
    NoticeKind(
        id="N-08",
        name="Quota status",
        form="CATAIR UC Q",
        trigger="work-item-changed: acts of the process quota",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 CFR part 132",
        text="The quota has answered for the entry below with the status named here.",
        if_nothing_is_done="The status stands. What is not reserved under the quota is dutiable at the rate over it, "
        "or may not be entered.",
        variants=MappingProxyType(
            {
                "accepted": Wording(
                    "The summary of the entry below, filed again under the quota, is accepted.", _NOTHING_ASKED
                ),
                "returned": Wording(
                    "The summary of the entry below claims more than is reserved for it under the quota, and is "
                    "returned.",
                    _FILE_AGAIN,
                ),
            }
        ),
    ),
    NoticeKind(
        id="N-20",
        name="Investigation of evasion (EAPA)",
        form="letter",
        trigger="work-item-changed: acts of the process eapa that tell the parties",
        routes=(EMAIL,),
        has_legal_effect=True,
        law="19 USC 1517; 19 CFR part 165",
        days="review to be asked for within 30 business days of the determination; suit within 30 business days of its "
        "decision",
        lane=Lane.URGENT,
        text="There is a reasonable suspicion that goods on your entries evade antidumping or countervailing duties, "
        "and interim measures are in force: entries are suspended or extended, and cash deposits are asked for.",
        if_nothing_is_done="The measures stay in force, and the determination is made on the record as it is. Facts "
        "can be submitted until day 200 of the investigation, arguments until day 230.",
        variants=MappingProxyType(
            {
                "extended": Wording(
                    "The investigation is extraordinarily complicated: the time for the determination is 60 days "
                    "longer.",
                    _NOTHING_ASKED,
                ),
                "scope": Wording(
                    "Whether the goods are within the scope of the order has been referred to Commerce. The time of "
                    "the investigation stands still until it answers.",
                    _NOTHING_ASKED,
                ),
                "determination": Wording(
                    "A determination on evasion has been made.",
                    "The determination becomes final. An administrative review may be asked for within 30 business "
                    "days of it, until 11:59 p.m. Eastern Time (19 CFR 165.41).",
                    has_legal_effect=True,
                ),
                "review": Wording(
                    "The administrative review of the determination on evasion has been decided.",
                    "The decision becomes final unless a suit is begun within 30 business days of it in the United "
                    "States Court of International Trade (19 USC 1517(g)).",
                    has_legal_effect=True,
                ),
            }
        ),
    ),
    NoticeKind(
        id="N-22",
        name="Detention",
        form="CATAIR UC D, C",
        trigger="work-item-changed: acts of the process admissibility-advice",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 USC 1499(c)(2); 19 CFR 151.16(c)",
        days="goods that are not decided on within 30 days of presentation are treated as excluded",
        lane=Lane.URGENT,
        text="The port has detained the goods of the entry below, for the reason and with the request stated.",
        if_nothing_is_done="Goods that are not released within 30 days of being presented are treated as excluded "
        "(19 USC 1499(c)(5)(A)).",
        variants=MappingProxyType(
            {"released": Wording("The port has released the goods of the entry below.", _NOTHING_ASKED)}
        ),
    ),
    NoticeKind(
        id="N-23",
        name="Exclusion",
        form="letter",
        trigger="work-item-changed: acts of the process admissibility-advice that exclude",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 USC 1499(c)(5); 19 CFR 151.16",
        is_lettered=True,
        days="protest within 180 days of the exclusion",
        lane=Lane.URGENT,
        is_for_surety=True,
        text="The goods of the entry below are excluded from entry.",
        if_nothing_is_done="The goods stay excluded, and have to be exported or destroyed. The exclusion can be "
        "protested within 180 days of it (19 USC 1514(a)(4)).",
        variants=MappingProxyType(
            {
                "deemed": Wording(
                    "The goods of the entry below were not decided on in time, which the law treats as a decision to "
                    "exclude them.",
                    "The goods stay excluded. The exclusion can be protested within 180 days of it, and such a protest "
                    "that is not decided within 30 days is treated as denied (19 USC 1499(c)(5)).",
                )
            }
        ),
    ),
    NoticeKind(
        id="N-24",
        name="Prior disclosure received",
        form="letter",
        trigger="work-item-changed: acts of the process prior-disclosure",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 USC 1592(c)(4); 19 CFR 162.74",
        days="complete within 30 days of the disclosure, 60 more where extended",
        lane=Lane.URGENT,
        text="Your disclosure has been received. Whether it is a valid prior disclosure is decided later.",
        if_nothing_is_done="A disclosure that was made orally is confirmed in writing within 10 days, or it counts as "
        "not made. What is missing of it is supplied within 30 days.",
        variants=MappingProxyType(
            {
                "incomplete": Wording(
                    "Your disclosure lacks what is named here, to be supplied by the day named here.",
                    "The disclosure is judged on what it says, and may be found not valid.",
                ),
                "extended": Wording(
                    "You have more time to complete your disclosure: until the day named here.",
                    "The disclosure is judged on what it says, and may be found not valid.",
                ),
            }
        ),
    ),
    NoticeKind(
        id="N-25",
        name="Tender of the loss of duties",
        form="letter",
        trigger="work-item-changed: acts of the process prior-disclosure on the loss and on its end",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 USC 1592(c)(4), (d); 19 CFR 162.74(c)",
        days="tender within 30 days of the notice",
        lane=Lane.URGENT,
        text="The loss of duties, taxes and fees of your disclosure has been computed, and its tender is asked for by "
        "the day named here.",
        if_nothing_is_done="The disclosure gives no protection from a penalty unless the loss is tendered in time. A "
        "review of the computation may be asked for in the same time where 19 CFR 162.74(c) gives one.",
        variants=MappingProxyType(
            {
                "interest-only": Wording(
                    "Your disclosure is closed: interest on the loss is all that is assessed.", _NOTHING_ASKED
                ),
                "reduced-penalty": Wording(
                    "Your disclosure is closed with the reduced penalty that the law names for a disclosed violation "
                    "by fraud.",
                    "The penalty is due as stated.",
                ),
                "invalid": Wording(
                    "Your disclosure is judged not to be a valid prior disclosure, for the reasons stated.",
                    "The matter goes on as if nothing had been disclosed, and a pre-penalty notice may follow.",
                ),
            }
        ),
    ),
    NoticeKind(
        id="N-26",
        name="Reconciliation due",
        form="notice",
        trigger="work-item-changed: acts of the process reconciliation that watch its time",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 USC 1484(b), 1520(d)",
        days="file within 21 months of the earliest summary, or 12 months of the earliest import for free-trade claims",
        text="Entries were flagged for reconciliation, which is due by the day named here.",
        if_nothing_is_done=_RECONCILE,
        variants=MappingProxyType(
            {
                "reminder": Wording("The Center reminds you of a reconciliation that is to be filed.", _RECONCILE),
                "due": Wording("A reconciliation is due now.", _RECONCILE),
                "extended": Wording(
                    "The time to file a reconciliation is longer: until the day named here.", _RECONCILE
                ),
                "missed": Wording("A reconciliation was not filed in time.", _RECONCILE),
            }
        ),
    ),
    NoticeKind(
        id="N-27",
        name="Internal advice",
        form="letter",
        trigger="work-item-changed: acts of the process internal-advice",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 CFR 177.11",
        text="The question has been sent to headquarters for internal advice.",
        if_nothing_is_done=_NOTHING_ASKED,
        variants=MappingProxyType(
            {
                "refused": Wording(
                    "The Center refuses to ask headquarters for internal advice, for the reasons stated.",
                    "The refusal stands. Headquarters can be asked to review it (19 CFR 177.11(b)(2)).",
                ),
                "refusal-upheld": Wording(
                    "Headquarters upholds the refusal to seek internal advice.", f"{_CENTER_DECIDES}"
                ),
                "refusal-reversed": Wording(
                    "Headquarters wants the question: the request for internal advice goes on.", _NOTHING_ASKED
                ),
                "declined": Wording(
                    "Headquarters declines to give internal advice, for the reasons stated.", f"{_CENTER_DECIDES}"
                ),
                "decided": Wording(
                    "Headquarters has decided the question by the ruling named here.",
                    "The Center applies the decision to the entries concerned.",
                ),
            }
        ),
    ),
    NoticeKind(
        id="N-28",
        name="Drawback: claim or privilege",
        form="CBP 28, letter",
        trigger="work-item-changed: acts of the processes drawback-claim and drawback-privilege",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 USC 1313; 19 CFR part 190",
        days="documents within 30 days of the request",
        text="The Center asks you for documents on your drawback claim.",
        if_nothing_is_done=_CENTER_DECIDES,
        variants=MappingProxyType(
            {
                "incomplete": Wording(
                    "Your drawback claim lacks what is named here.",
                    "A claim that is not completed within five years of the earliest import is abandoned.",
                ),
                "accelerated": Wording(
                    "Accelerated payment of your drawback claim has been certified. The claim itself is decided later.",
                    "Nothing is asked of you. What was paid too much is billed when the claim is liquidated.",
                ),
                "abandoned": Wording(
                    "Your drawback claim was not completed in time and counts as abandoned.",
                    "Nothing is paid on the claim, and what was paid on it is billed.",
                ),
                "application": Wording("Your application for a drawback privilege has been taken up.", _NOTHING_ASKED),
                "asked": Wording(
                    "The Center asks you for more on your application for a drawback privilege.", _CENTER_DECIDES
                ),
                "granted": Wording("The drawback privilege that you applied for is granted.", _NOTHING_ASKED),
                "denied": Wording(
                    "The drawback privilege that you applied for is denied, for the reasons stated.",
                    "Claims are filed and worked without the privilege.",
                ),
                "revocation-proposed": Wording(
                    "The Center proposes to revoke your drawback privilege, for the reasons stated. You may answer "
                    "until the day named here.",
                    "The privilege is revoked.",
                ),
                "revoked": Wording(
                    "Your drawback privilege is revoked, for the reasons stated.",
                    "Claims are filed and worked without the privilege from the day named here.",
                ),
                "kept": Wording("Your drawback privilege stands.", _NOTHING_ASKED),
            }
        ),
    ),
    NoticeKind(
        id="N-29",
        name="Pre-penalty notice",
        form="letter",
        trigger="work-item-changed: issue-pre-penalty, issue-short-pre-penalty",
        routes=(EMAIL,),
        has_legal_effect=True,
        law="19 USC 1592(b)(1); 19 CFR 162.77, 162.78",
        is_lettered=True,
        days="reply within 30 days of mailing, or by the shorter day that it names",
        lane=Lane.URGENT,
        text="A monetary penalty against you is contemplated. You may say why it should not be issued, or not in this "
        "amount, until the day named here.",
        if_nothing_is_done="The penalty notice is issued without your answer.",
    ),
    NoticeKind(
        id="N-30",
        name="Penalty, liquidated damages or seizure",
        form="CBP 5955-A",
        trigger="work-item-changed: acts of the process liquidated-damages-penalty that issue a notice",
        routes=(EMAIL,),
        has_legal_effect=True,
        law="19 USC 1618, 1623; 19 CFR parts 171, 172",
        is_lettered=True,
        days="petition within 60 days of mailing, of a seizure within 30 days, or by the shorter day that it names",
        lane=Lane.URGENT,
        is_for_surety=True,
        text="A penalty has been assessed against you in the amount stated.",
        if_nothing_is_done=_PETITION,
        variants=MappingProxyType(
            {
                "damages": Wording(
                    "Liquidated damages under the bond have been assessed in the amount stated.",
                    _PETITION,
                    has_legal_effect=True,
                ),
                "seizure": Wording(
                    "Goods have been seized.",
                    "The goods can be forfeited. A petition for relief may be filed until the day named here.",
                    has_legal_effect=True,
                ),
            }
        ),
    ),
    NoticeKind(
        id="N-31",
        name="Decision on a petition",
        form="letter",
        trigger="work-item-changed: acts of the processes liquidated-damages-penalty and petition that decide one",
        routes=(EMAIL,),
        has_legal_effect=True,
        law="19 USC 1617, 1618, 1623(c); 19 CFR 171.21, 172.21",
        is_lettered=True,
        days="pay or petition again within 60 days of the decision",
        lane=Lane.URGENT,
        is_for_surety=True,
        text="The petition for relief has been decided, for the reasons stated.",
        if_nothing_is_done="The decision stands, and the full amount of the claim can be collected once its time has "
        "passed without payment or a supplemental petition.",
        variants=MappingProxyType(
            {
                "supplemental": Wording(
                    "The supplemental petition for relief has been decided, for the reasons stated.",
                    "The full amount of the claim can be collected once the time to pay has passed.",
                    has_legal_effect=True,
                ),
                "cancelled": Wording("The claim is cancelled, for the reasons stated.", _NOTHING_ASKED),
                "late": Wording(
                    "The petition for relief is refused: it was filed after its time.",
                    "The claim stands in full, and can be collected and sued for.",
                ),
                "offer-accepted": Wording("The offer in compromise is accepted.", "The claim is closed with it."),
                "offer-refused": Wording(
                    "The offer in compromise is refused, for the reason stated.", "The claim goes on as before."
                ),
            }
        ),
    ),
    NoticeKind(
        id="N-32",
        name="Waiver of the limitation",
        form="letter",
        trigger="work-item-changed: ask-waiver, record-waiver",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 USC 1621",
        is_lettered=True,
        days="asked for when 24 months are left of the five years",
        lane=Lane.URGENT,
        text="You are asked to waive the limitation of the time to sue for the penalty, so that your petition can be "
        "decided without haste.",
        if_nothing_is_done="The Government may sue before the time ends, and the times to reply and to petition may be "
        "shorter.",
        variants=MappingProxyType(
            {"waived": Wording("Your waiver of the limitation is recorded, until the day stated.", _NOTHING_ASKED)}
        ),
    ),
    NoticeKind(
        id="N-38",
        name="Extension of a temporary importation denied",
        form="CATAIR UC E",
        trigger="work-item-changed: deny of the process tib-extension",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="19 CFR 10.37",
        lane=Lane.URGENT,
        text="The extension of the period of temporary importation that was asked for the entry below (CBP Form 3173) "
        "is denied for the reasons stated.",
        if_nothing_is_done="The goods must be exported or destroyed by the day named here. If they are not, the bond "
        "is breached and liquidated damages are assessed (19 CFR 10.39).",
    ),
    NoticeKind(
        id="N-42",
        name="Inquiry or visit closed: how was it?",
        form="message of Centerline",
        trigger="work-item-changed: acts of the processes inquiry and engagement that close one",
        routes=(EMAIL,),
        has_legal_effect=False,
        law="own rule of Centerline",
        lane=Lane.BULK,
        text=f"The Center has closed your inquiry as answered. {_HOW_WAS_IT}",
        if_nothing_is_done=_NOT_COUNTED,
        variants=MappingProxyType(
            {
                "goes-on": Wording(
                    f"The Center has closed your inquiry: it goes on as the matter named here. {_HOW_WAS_IT}",
                    _NOT_COUNTED,
                ),
                "elsewhere": Wording(
                    f"The Center has closed your inquiry: it is for the office named here. {_HOW_WAS_IT}", _NOT_COUNTED
                ),
                "no-reply": Wording(
                    f"The Center has closed your inquiry, since what it asked you was not answered. {_HOW_WAS_IT}",
                    "Your answer on how it went is not counted. An inquiry can be opened again at any time.",
                ),
                "visit": Wording(
                    f"The visit, call or training that the Center held with you is reported. {_HOW_WAS_IT}",
                    _NOT_COUNTED,
                ),
            }
        ),
    ),
)
