"""Texts: documents from files, the held-out part, the tokenizer, and windows cut for training.

A file is plain text. A line `<|endoftext|>` ends a document; paragraphs are set apart by an empty line, which becomes
one newline (3 % fewer tokens). A document begins after the token `<|endoftext|>`.
"""
import random
import re
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

END = "<|endoftext|>"
TEXTS = ["childrens-books", "fairy-tales", "tinystories-sample", "storybooks"]  # of the embedded model


def documents(path):
    """The documents of one file; those of 200 characters or fewer are left out."""
    texts = (d.strip("\n").replace("\n\n", "\n") for d in Path(path).read_text("utf-8").split(END + "\n"))
    return [d for d in texts if len(d) > 200]


def split(folder, names, seed=1337):
    """Whole documents, shuffled: a fiftieth of each text (at least 12) is held out. Returns (train, held_out) by name.

    One generator shuffles the texts in the order of `names`, so the same names give the same split.
    """
    rng = random.Random(seed)
    train, held_out = {}, {}
    for name in names:
        docs = documents(Path(folder) / f"{name}.txt")
        rng.shuffle(docs)
        n = max(12, len(docs) // 50)
        held_out[name], train[name] = docs[:n], docs[n:]
    return train, held_out


def without(docs, patterns):
    """The documents without the paragraphs in which one of the regular expressions is found."""
    unwanted = re.compile("|".join(patterns))
    kept = ("\n".join(p for p in d.split("\n") if not unwanted.search(p)) for d in docs)
    return [d for d in kept if d]


def train_tokenizer(docs, vocab_size):
    """Byte-level BPE as GPT-2's: bytes first, then the most frequent pair again and again."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(docs, trainers.BpeTrainer(
        vocab_size=vocab_size, special_tokens=[END], initial_alphabet=alphabet, show_progress=False))
    return tokenizer


def encode(tokenizer, docs):
    """All documents as one row of ids, `<|endoftext|>` before each."""
    end = tokenizer.token_to_id(END)
    return np.array([i for e in tokenizer.encode_batch(docs) for i in (end, *e.ids)], dtype=np.int64)


def ease(doc):
    """Small for short sentences of short words."""
    words = doc.split()
    sentences = max(1, sum(doc.count(mark) for mark in ".!?"))
    return len(words) / sentences + 6 * sum(map(len, words)) / max(1, len(words))


def easiest(docs, share):
    return sorted(docs, key=ease)[: int(len(docs) * share)]


class Windows:
    """One text cut into windows of length + 1 ids; every epoch cuts at another offset and in another order.

    window(i) depends on (seed, i) only: the position in the data is one number, easy to save and to go back to.
    """

    def __init__(self, ids, length, seed):
        self.ids, self.length, self.seed = ids, length, seed
        self.per_epoch = (len(ids) - 1 - length) // length
        self.epoch = None
        if self.per_epoch < 1:
            raise ValueError(f"a text of {len(ids)} tokens is shorter than two windows of {length}")

    def window(self, i):
        epoch, k = divmod(i, self.per_epoch)
        if epoch != self.epoch:
            rng = np.random.default_rng([self.seed, epoch])
            self.epoch, self.offset, self.order = epoch, rng.integers(self.length), rng.permutation(self.per_epoch)
        begin = self.offset + self.order[k] * self.length
        return self.ids[begin : begin + self.length + 1]


class Mix:
    """Draws batches from several texts by share; `taken` counts the windows drawn of each, `drawn` all of them."""

    def __init__(self, streams, length, seed):
        self.windows = {name: Windows(ids, length, seed + k) for k, (name, ids) in enumerate(streams.items())}
        self.seed, self.drawn, self.taken = seed, 0, dict.fromkeys(streams, 0)

    def batch(self, shares, size):
        """shares {name: part of 1} -> ids [size, length + 1]"""
        rng = np.random.default_rng([self.seed, self.drawn])
        rows = []
        for name in rng.choice(list(shares), size, p=list(shares.values())):
            rows.append(self.windows[name].window(self.taken[name]))
            self.taken[name] += 1
        self.drawn += size
        return np.stack(rows)

    def state_dict(self):
        return {"drawn": self.drawn, "taken": dict(self.taken)}

    def load_state_dict(self, state):
        self.drawn, self.taken = state["drawn"], dict(state["taken"])
