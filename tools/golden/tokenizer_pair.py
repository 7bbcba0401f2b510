"""Ids from `vocab.json` and `merges.txt` with the files that may lie beside them, by transformers' `GPT2Tokenizer`.

    python tools/golden/tokenizer_pair.py

The vocabulary is as `ByteLevelBPETokenizer` trains and saves it, special tokens first; GPT-2's is among them, so that
transformers never adds one of its own. Keys of a case's `files` are those of gpt-worker's `tokenizer: { vocab, merges, … }`.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from tokenizers import ByteLevelBPETokenizer
from transformers import GPT2Tokenizer

from common import GOLDEN, origin, write_json
from tiny_tokenizer import END_OF_TEXT, SENTENCES

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", END_OF_TEXT]
SIZE = 290
NAMES = {"added": "added_tokens.json", "config": "tokenizer_config.json", "special": "special_tokens_map.json"}
FLAGS = {"lstrip": False, "rstrip": False, "single_word": False, "normalized": False}
NAMED = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
MASK = {"content": "<mask>"} | FLAGS | {"lstrip": True}
ADDED = {"<|user|>": SIZE, "<|user|>s": SIZE + 1, "owls": SIZE + 2}

TEXTS = ["<s>Once upon</s> a time", "x <pad> y <mask> z", " the owl<|endoftext|> sat", "<unk>", "", "owl", " owl",
         "a <|user|>s owls <|user|>", "a  <m>  b <w>c c<w> <w> Word"]


def decoder(**flags: dict) -> dict:
    """`added_tokens_decoder`: `<s>` as it is in the vocabulary, and three new tokens."""
    tokens = {"0": "<s>", str(SIZE): "<m>", str(SIZE + 1): "<w>", str(SIZE + 2): "Word"}
    return {at: {"content": content, "special": False} | FLAGS | flags.get(content.strip("<>"), {}) for at, content in tokens.items()}


CASES = {
    "the two files alone": {},
    "special tokens by their names": {"config": NAMED | {"pad_token": "<pad>", "add_bos_token": False}},
    "special tokens as objects": {"config": {"mask_token": MASK | {"__type": "AddedToken"}}},
    "a name that is null": {"config": {"bos_token": None, "eos_token": None, "unk_token": None}},
    "a name of its own, and more in a list": {
        "config": {"turn_token": "</s>", "additional_special_tokens": ["<pad>", "<mask>"]}},
    "names in special_tokens_map.json": {
        "config": {"eos_token": "<pad>", "pad_token": "<unk>"},
        "special": NAMED | {"mask_token": MASK | {"rstrip": True}}},
    "a list in special_tokens_map.json": {"special": {"extra_special_tokens": ["<pad>", MASK]}},
    "what was added": {"added": ADDED},
    "what was added, of which one is special": {"added": ADDED, "config": {"pad_token": "<|user|>"}},
    "added_tokens_decoder": {
        "config": {"added_tokens_decoder": decoder(s={"special": True}, m={"lstrip": True, "rstrip": True},
                                                   w={"single_word": True}, Word={"normalized": True})}},
    "added_tokens_decoder makes the older files idle": {
        "config": {"added_tokens_decoder": decoder(), "pad_token": "<pad>"},
        "added": ADDED, "special": {"mask_token": "<mask>"}},
    "add_prefix_space": {"config": {"add_prefix_space": True, "bos_token": "<s>"}},
}


def case(folder: Path, name: str, files: dict) -> dict:
    for key, file in NAMES.items():
        (folder / file).unlink(missing_ok=True)
        if key in files:
            (folder / file).write_text(json.dumps(files[key]), encoding="utf-8")
    tokenizer = GPT2Tokenizer.from_pretrained(folder)
    rows = [{"text": text, "ids": tokenizer(text, add_special_tokens=False)["input_ids"]} for text in TEXTS]
    return {"name": name, "files": files, "strings": rows}


if __name__ == "__main__":
    trained = ByteLevelBPETokenizer()
    trained.train_from_iterator(SENTENCES, vocab_size=SIZE, special_tokens=SPECIAL, show_progress=False)
    with TemporaryDirectory() as path:
        folder = Path(path)
        trained.save_model(path)
        vocab = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
        merges = (folder / "merges.txt").read_text(encoding="utf-8")
        assert len(vocab) == SIZE
        cases = [case(folder, *each) for each in CASES.items()]
    write_json(GOLDEN / "tokenizer-pair.json", {
        **origin("tokenizer_pair.py"), "vocab": vocab, "merges": merges, "cases": cases}, ascii=True)
