"""What each sampling option does to a row of logits, by transformers' own processors and warpers, in its own order.

    python tools/golden/sampling.py

Each of the `cases` names a row of logits and options as gpt-worker calls them; the history is `prompt` + `generated`.
The array `scores.N` is the row after case N, -inf where a token was removed. The order is what transformers builds:

    logitBias, repetitionPenalty, noRepeatNgramSize, badWords, allowedTokens, temperature, topK, topP, minP, typicalP

Presence and frequency penalties are not in transformers: OpenAI's formula over the generated ids alone, before the
temperature: logit - count * frequency - (count > 0) * presence. A cut-off so close that f64 instead of f32, or a nudge
of 2e-6 to the option, changed the surviving set would stop the script.
"""

import numpy as np
import torch
from transformers import GenerationConfig, GPT2Config, GPT2LMHeadModel

from common import GOLDEN, origin, write_arrays, write_json

SEED, NUDGE = 1, 2e-6
ROWS = {"flat50": (50, 0.3), "spread50": (50, 2.0), "peaked50": (50, 6.0),     # size, standard deviation
        "spread1000": (1000, 2.5), "peaked1000": (1000, 5.0)}
PROMPT, GENERATED = [3, 7, 12, 7, 3, 7, 31], [12, 9, 3, 3, 44, 7, 9, 9, 3, 7]     # it ends … 3 7, met twice before

ALONE = {
    "temperature": [0.05, 0.7, 1.3, 10.0],
    "topK": [1, 5, 40, 5000],
    "topP": [0.0, 0.1, 0.5, 0.9, 0.99],
    "minP": [0.001, 0.05, 0.3, 1.0],
    "typicalP": [0.05, 0.2, 0.5, 0.9, 0.99],
    "repetitionPenalty": [0.8, 1.1, 1.5],
    "noRepeatNgramSize": [1, 2, 3, 30],
    "badWords": [[[3]], [[7, 12]], [[3, 7, 30], [9, 9], [8]], [[44, 7, 1]]],
    "logitBias": [{3: 5.0, 7: -100.0, 49: 1.5}],
    "allowedTokens": [[0], [2, 3, 5, 7, 11, 13, 17, 19, 23]],
    "presencePenalty": [0.4, -0.5, 2.0],
    "frequencyPenalty": [0.4, -0.5, 2.0],
}
TOGETHER = [
    dict(temperature=0.8, topK=40, topP=0.95),
    dict(temperature=1.5, minP=0.1),
    dict(temperature=0.7, typicalP=0.9),
    dict(topK=10, topP=0.5, minP=0.2),
    dict(topP=0.9, typicalP=0.9),
    dict(topK=20, typicalP=0.3),
    dict(repetitionPenalty=1.3, temperature=0.7, topK=5),
    dict(logitBias={12: 4.0, 5: -3.0}, repetitionPenalty=1.5),
    dict(noRepeatNgramSize=3, badWords=[[3, 7, 30], [8]], topK=4),
    dict(allowedTokens=[1, 3, 7, 12, 30, 31], badWords=[[7, 1], [31]], temperature=2.0, topP=0.7),
    dict(presencePenalty=0.5, frequencyPenalty=0.3),
    dict(presencePenalty=0.5, frequencyPenalty=0.3, temperature=0.9, topP=0.8),
    dict(logitBias={0: 2.0}, repetitionPenalty=1.2, noRepeatNgramSize=2, badWords=[[7, 49]], allowedTokens=list(range(45)),
         temperature=0.9, topK=30, topP=0.95, minP=0.02, typicalP=0.95),
]
THEIR_NAMES = dict(temperature="temperature", topK="top_k", topP="top_p", minP="min_p", typicalP="typical_p",
                   repetitionPenalty="repetition_penalty", noRepeatNgramSize="no_repeat_ngram_size",
                   badWords="bad_words_ids", logitBias="sequence_bias")
SMALLEST = GPT2Config(vocab_size=8, n_embd=4, n_head=1, n_layer=1, n_positions=4, bos_token_id=0, eos_token_id=0)
MODEL = GPT2LMHeadModel(SMALLEST)   # it is only asked which processors stand in which order


def penalised(scores: torch.Tensor, presence: float = 0.0, frequency: float = 0.0) -> torch.Tensor:
    counts = torch.bincount(torch.tensor(GENERATED), minlength=scores.shape[-1])
    return scores - counts * frequency - (counts > 0) * presence


def processed(scores: torch.Tensor, options: dict) -> torch.Tensor:
    """One row after transformers' list for these options."""
    theirs = {THEIR_NAMES[name]: value for name, value in options.items() if name in THEIR_NAMES}
    if "sequence_bias" in theirs:
        theirs["sequence_bias"] = [[[token], bias] for token, bias in theirs["sequence_bias"].items()]
    config = GenerationConfig(do_sample=True, num_beams=1, num_return_sequences=1, **theirs)
    config._eos_token_tensor = None
    allowed = options.get("allowedTokens")
    processors = MODEL._get_logits_processor(
        config, input_ids_seq_length=len(PROMPT), prefix_allowed_tokens_fn=allowed and (lambda batch, ids: allowed))
    scores = penalised(scores, options.get("presencePenalty", 0.0), options.get("frequencyPenalty", 0.0))
    return processors(torch.tensor([PROMPT + GENERATED]), scores[None])[0]


def assert_clear(scores: torch.Tensor, options: dict, survivors: torch.Tensor) -> None:
    """The same tokens survive in f64, and with every cut-off a little higher or lower."""
    for nudge in (-NUDGE, 0, NUDGE):
        near = {name: value + nudge if name in ("topP", "minP", "typicalP") and 0 < value < 1 else value
                for name, value in options.items()}
        assert torch.equal(processed(scores.double(), near).isfinite(), survivors), options


if __name__ == "__main__":
    draw = np.random.default_rng(SEED)
    rows = {name: (std * draw.standard_normal(size)).astype(np.float32) for name, (size, std) in ROWS.items()}
    tied = np.repeat(np.arange(10, dtype=np.float32), 5)          # top-k keeps all that tie with the k-th
    rows |= {"tied50": draw.permutation(tied)}
    every = [{name: value} for name, values in ALONE.items() for value in values] + TOGETHER
    chosen = [(row, options) for row in ROWS for options in every] + [("tied50", {"topK": k}) for k in (1, 5, 6, 12)]

    cases, arrays = [], {f"logits.{name}": row for name, row in rows.items()}
    for n, (row, options) in enumerate(chosen):
        scores = torch.from_numpy(rows[row])
        after = processed(scores, options)
        assert_clear(scores, options, after.isfinite())
        arrays[f"scores.{n}"] = after
        cases.append({"case": n, "row": row, "options": options, "kept": int(after.isfinite().sum())})
    about = origin("sampling.py", seed=SEED)
    write_arrays(GOLDEN / "sampling.safetensors", arrays, about)
    write_json(GOLDEN / "sampling.json", {**about, "prompt": PROMPT, "generated": GENERATED, "cases": cases})
