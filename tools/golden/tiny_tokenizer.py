"""One small byte-level BPE of 300 tokens, GPT-2's kind: 256 bytes, 43 merges, and `<|endoftext|>` as the last id."""

import json
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

SIZE = 300
END_OF_TEXT = "<|endoftext|>"
SENTENCES = [
    "Once upon a time there was a little owl who was afraid of the dark.",
    "The moon said to the owl: the dark is where the stars are kept.",
    "So the owl sat on the branch, and waited, and the night was full of light.",
    "There was a fox, there was a well, and there was nothing else in the wood.",
    "It's the end of the story, isn't it? They're all asleep; we'll go on in the morning.",
]


def train() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=SIZE - 1, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.add_special_tokens([AddedToken(END_OF_TEXT, special=True, normalized=False)])
    assert tokenizer.get_vocab_size() == SIZE and tokenizer.token_to_id(END_OF_TEXT) == SIZE - 1
    return tokenizer


def save_one_file(tokenizer: Tokenizer, folder: Path) -> None:
    tokenizer.save(str(folder / "tokenizer.json"))


def save_one_file_as_before(tokenizer: Tokenizer, folder: Path) -> None:
    """`tokenizer.json` as files from before tokenizers 0.20 have it: each merge one string, not a pair."""
    whole = json.loads(tokenizer.to_str())
    whole["model"]["merges"] = [" ".join(pair) for pair in whole["model"]["merges"]]
    (folder / "tokenizer.json").write_text(json.dumps(whole, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def save_two_files(tokenizer: Tokenizer, folder: Path) -> None:
    """The older layout: `vocab.json` (with `<|endoftext|>`) and `merges.txt`."""
    tokenizer.model.save(str(folder))
    vocab = dict(sorted(tokenizer.get_vocab().items(), key=lambda item: item[1]))
    (folder / "vocab.json").write_text(json.dumps(vocab, ensure_ascii=False) + "\n", encoding="utf-8")
