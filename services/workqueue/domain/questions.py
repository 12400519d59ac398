"""Questions that a request for information begins with, by what it is about; the officer changes them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

QUESTIONS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "admissibility": (
            "Which permits, licenses or certificates of other agencies cover the goods? Attach them.",
            "Who made the goods, and where were their main materials made?",
        ),
        "01": (
            "How was the price agreed, and what was paid or is to be paid in all?",
            "Are buyer and seller related? If so, how was the price settled between them?",
            "Did the buyer give the maker tools, molds, materials or designs, and at what cost?",
            "Which commissions, royalties, license fees or proceeds of resale belong to the purchase?",
            "Attach the contract, the invoice and the proof of payment.",
        ),
        "02": (
            "Describe the goods: what they are, what they are made of, and what they are used for.",
            "How are the goods made, and in what condition are they imported?",
            "On what is the tariff number that was declared founded? Name any ruling on the same goods.",
            "Attach literature, drawings or a sample.",
        ),
        "03": (
            "What quantity was shipped and what was received, in the units of the tariff?",
            "Attach the packing list and the receiving report.",
        ),
        "04": (
            "Who made and who exported the goods, and under which names?",
            "Which antidumping duty case and rate was declared, and why do the goods fall in or outside its scope?",
            "Attach the mill certificate or the specification, and the statement on reimbursement of duties.",
        ),
        "05": (
            "Who made and who exported the goods, and under which names?",
            "Which countervailing duty case and rate was declared, and why do the goods fall in or outside its scope?",
        ),
        "06": (
            "By which criterion of the agreement or program do the goods originate?",
            "List the materials that do not originate, with tariff number, value and supplier.",
            "Attach the certification of origin and the records on which it rests.",
        ),
        "07": ("On which day was each deposit of duties, taxes and fees paid? Attach the proof.",),
        "08": ("Which of the data declared is to be corrected, and to what? Attach what shows it.",),
        "09": ("Describe the goods and the transaction, and attach the documents that were not filed.",),
    }
)
"""By issue (`LETTER_ISSUES`). None may hold a word of an investigation (`find_investigation_word`)."""
