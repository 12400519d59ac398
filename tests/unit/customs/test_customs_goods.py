"""Keys of goods: what is the same however it is written, what is not, and what says too little."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.customs.goods import Words, goods_key, normalise, tariffed_key
from shared.customs.tariff_schedule import tariff_lines

MAKER = "CNABCELE123SHE"


def key(text: str, maker: str | None = MAKER, origin: str = "CN") -> str | None:
    return goods_key(text, maker, origin)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PORTABLE COMPUTERS", "Computers, portable"),
        ("ALUM ALLOY, UNWROUGHT", "Unwrought aluminum alloy"),
        ("Shirts, W/G, COT", "COTTON SHIRTS FOR WOMEN AND GIRLS"),
        ("MN-MDE FIBR YRN", "YARN OF MAN-MADE FIBER"),
        ("90 % COTTON SHIRTS", "shirts, 90% cotton"),
        ("CEMENT 50 KILOGRAMS", "CEMENT 50KG"),
        ("HEATER 1,000 W", "HEATER, 1000 WATTS"),
        ("NEW GOODS: BALL BEARING 6204", "6204 BALL BEARING"),
        ("\uff22\uff21\uff2c\uff2c BEARING", "BALL BEARING"),  # full width
        ("WOMEN'S SHIRTS", "WOMENS SHIRTS"),
    ],
)
def test_the_same_goods_in_other_words_have_one_key(one: str, other: str) -> None:
    assert key(one) == key(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("9 % COTTON SHIRTS", "90 % COTTON SHIRTS"),
        ("SILK <85%", "SILK >85%"),
        ("BALL BEARING 6204", "BALL BEARING 6205"),
        ("TUBE 0.5 MM", "TUBE 5 MM"),
        ("BAG 50 KG", "BAG 50 G"),
        ("FRESH SALMON", "FROZEN SALMON"),
        ("SHIRTS, KNIT", "SHIRTS, NOT KNIT"),
    ],
)
def test_a_number_or_word_that_differs_makes_other_goods(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize("text", ["", "   ", "PARTS", "MISC HARDWARE", "Machine parts, other", "NEW ITEM", "12", "---"])
def test_what_says_too_little_has_no_key(text: str) -> None:
    assert key(text) is None


@pytest.mark.parametrize("text", ["CAMISAS DE ALGODÓN", "TV", "PARTS 6204-2RS"])
def test_what_tells_goods_apart_has_a_key(text: str) -> None:
    assert key(text) is not None


@pytest.mark.parametrize("maker", [None, "", "  "])
def test_goods_without_a_maker_have_no_key(maker: str | None) -> None:
    assert key("PORTABLE COMPUTERS", maker) is None


def test_maker_and_origin_are_part_of_the_key() -> None:
    keys = {key("SHOES"), key("SHOES", "VNABCSHO1HAN"), key("SHOES", origin="VN")}
    assert len(keys) == 3
    assert key("SHOES", f" {MAKER.lower()} ") in keys


def test_the_key_has_sixty_four_bits_and_holds_no_tariff_number() -> None:
    goods = key("PORTABLE COMPUTERS")
    assert goods is not None
    assert len(bytes.fromhex(goods)) == 8
    assert len({goods, tariffed_key(goods, "8471300100"), tariffed_key(goods, "8471410150")}) == 3


def test_keys_that_are_kept_stay_what_they_are() -> None:
    # BLAKE2b of 8 bytes over "MAKER\norigin\ntokens\nmodel", computed by b2sum -l 64.
    assert key("BALL BEARING 6204", "CNABC", "CN") == "391ebdfd72b9a2dc"
    assert tariffed_key("391ebdfd72b9a2dc", "8482105048") == "1f62363bee401aea"


def test_part_numbers_stand_apart_from_words() -> None:
    assert normalise("BEARING AB-1234X, 50 KG") == Words(("50KG", "AB", "BEARING"), ("1234X",))


WORD = st.sampled_from(["COTTON", "SHIRTS", "90PCT", "6204", "STEEL", "PUMPS", "A12345", "VALVE"])


@given(st.lists(WORD, min_size=1), st.randoms(use_true_random=False))
def test_order_case_repetition_and_punctuation_do_not_matter(words: list[str], random: object) -> None:
    shuffled = [*words, words[0]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert normalise("; ".join(shuffled).lower()) == normalise(" ".join(words))


@given(st.text(max_size=80))
def test_any_text_gives_words_once_each_in_order(text: str) -> None:
    tokens, model = normalise(text)
    assert list(tokens) == sorted(set(tokens))
    assert list(model) == sorted(set(model))
    assert not set(tokens) & set(model)


def test_texts_of_the_tariff_stay_apart() -> None:
    """Decoys: nearly all of the 19,133 different short texts of the tariff keep a key of their own."""
    texts = {line.description for line in tariff_lines().values()}
    keys = {key(text) for text in texts} - {None}
    assert len(keys) > 0.98 * len(texts)
