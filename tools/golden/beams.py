"""Beam search by transformers on two tiny checkpoints: every beam that comes back, best first, with its score.

    python tools/golden/beams.py          (after checkpoints.py)

What transformers does, where implementations differ: of the max(2, 1 + number of stop tokens) * numBeams best
continuations of a step, only those among the first numBeams can end a sequence; the score is the sum of
log-probabilities over the number of new tokens (the stop token counts, the prompt does not) to the power
lengthPenalty. `earlyStopping` true stops as soon as numBeams have ended; false when the best running beam's sum, over
its present length to that power, can't beat the worst ended one; 'never' takes the greatest length instead where the
penalty is positive. Processors work on the log-probabilities, which are not normalised again.

`ids` are the new tokens, the stop token included. The model in f64 must find the same beams, and the returned scores of
one search lie at least 1e-5 apart, else the script stops.
"""

import itertools

import torch
from safetensors.torch import load_file

from checkpoints import load
from common import GOLDEN, origin, write_json

NEW_TOKENS, LEAST_GAP = 12, 1e-5
THEIR_NAMES = dict(numBeams="num_beams", lengthPenalty="length_penalty", earlyStopping="early_stopping",
                   maxNewTokens="max_new_tokens", repetitionPenalty="repetition_penalty",
                   noRepeatNgramSize="no_repeat_ngram_size", badWords="bad_words_ids")


def search(model, prompt: list[int], options: dict) -> list[dict]:
    """The beams of one search, padding cut off."""
    theirs = {THEIR_NAMES[name]: value for name, value in options.items() if name in THEIR_NAMES}
    stop = options["stopTokens"] or None
    model.generation_config.eos_token_id, model.generation_config.bos_token_id = stop, None
    found = model.generate(
        torch.tensor([prompt]), do_sample=False, num_return_sequences=options["numBeams"], pad_token_id=model.config.vocab_size,
        return_dict_in_generate=True, output_scores=True, **theirs)
    beams = []
    for sequence, score, origins in zip(found.sequences, found.sequences_scores, found.beam_indices):
        ids = sequence[len(prompt):len(prompt) + int((origins >= 0).sum())].tolist()
        ended = "stop-token" if ids[-1] in options["stopTokens"] else "length"
        beams.append({"ids": ids, "score": float(score), "finishReason": ended})
    return beams


def likely_stops(model, prompt: list[int]) -> list[int]:
    """Two tokens that beams do meet on their way, so that some searches end early and some don't."""
    free = search(model, prompt, dict(numBeams=4, maxNewTokens=NEW_TOKENS, stopTokens=[]))
    return [free[0]["ids"][4], next(t for t in free[3]["ids"][6:] if t != free[0]["ids"][4])]


def searches(stops: list[int]) -> list[dict]:
    grid = itertools.product([2, 3, 4], [0.6, 1.0, 2.0], [False, True], [stops[:1], stops])
    rows = [dict(numBeams=n, lengthPenalty=p, earlyStopping=e, stopTokens=s) for n, p, e, s in grid]
    rows += [dict(numBeams=n, lengthPenalty=p, earlyStopping=False, stopTokens=[]) for n in (2, 3, 4) for p in (0.0, 1.0, 2.0)]
    rows += [dict(numBeams=3, lengthPenalty=p, earlyStopping="never", stopTokens=stops) for p in (-1.0, 0.0, 1.0, 2.0)]
    rows += [dict(numBeams=3, lengthPenalty=1.0, earlyStopping=False, stopTokens=stops[:1], **more) for more in (
        dict(noRepeatNgramSize=2), dict(repetitionPenalty=1.3), dict(badWords=[stops[1:], [5]]))]
    return [dict(row, maxNewTokens=NEW_TOKENS) for row in rows]


def measure(name: str) -> dict:
    model = load(name)
    prompt = load_file(GOLDEN / name / "expected.safetensors")["ids"].tolist()
    stops = likely_stops(model, prompt)
    found = [{"options": options, "sequences": search(model, prompt, options)} for options in searches(stops)]
    exact = model.double()
    for row in found:
        again = search(exact, prompt, row["options"])
        assert [b["ids"] for b in again] == [b["ids"] for b in row["sequences"]], row["options"]
        scores = [b["score"] for b in row["sequences"]]
        gap = min(a - b for a, b in zip(scores, scores[1:]))
        assert gap > LEAST_GAP, (gap, row["options"])
        row["leastGap"] = round(gap, 6)
    return {"prompt": prompt, "searches": found}


if __name__ == "__main__":
    write_json(GOLDEN / "beams.json", {**origin("beams.py"), "models": {n: measure(n) for n in ("head26", "relu40")}})
