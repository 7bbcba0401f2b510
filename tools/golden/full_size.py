"""The 124M shape with seeded weights: what PyTorch answers, in a file of a quarter of a megabyte.

    python tools/golden/full_size.py          (needs 2 GB of memory; about a minute)

GPT-2's own configuration (tied head, qkv bias) and seeded.py's weights, seed 1, std 0.02. All logits of a 64-token
prompt would be 12 MB; kept are, for every position, the logits at 64 fixed ids, the largest, its id, and the
log-sum-exp, and the whole last row. With weights this narrow the best logits lie close: the margins are recorded,
and so is what f64 says, which shows how far f32 rounding itself goes.
"""

import torch

import seeded
from chapter import GPT_CONFIG_124M, GPTModel
from common import GOLDEN, greedy, origin, write_arrays, write_json

CONFIG = {**GPT_CONFIG_124M, "dropRate": 0.0, "qkvBias": True, "tied": True}
SEED, LENGTH, NEW_TOKENS = 1, 64, 40
PROMPT = [(7919 * i + 15496) % 50257 for i in range(LENGTH)]
COLUMNS = [(50257 * i) // 64 + i % 7 for i in range(63)] + [50256]

if __name__ == "__main__":
    model = seeded.fill(GPTModel(CONFIG), SEED)
    logits = model.logits(PROMPT)
    new, margins = greedy(model.logits, PROMPT, NEW_TOKENS)

    exact = model.double()
    error = float((exact.logits(PROMPT) - logits).abs().max())
    assert exact.logits(PROMPT + new[:-1])[LENGTH - 1:].argmax(-1).tolist() == new, "f64 chooses other ids"

    about = origin("full_size.py", seed=SEED, std=seeded.STD)
    best = logits.max(dim=-1)
    write_arrays(GOLDEN / "gpt2-124m.safetensors", {
        "ids": torch.tensor(PROMPT, dtype=torch.int32), "columns": torch.tensor(COLUMNS, dtype=torch.int32),
        "logits": logits[:, COLUMNS], "max": best.values, "argmax": best.indices.int(),
        "logsumexp": logits.logsumexp(dim=-1), "last": logits[-1]}, about)
    write_json(GOLDEN / "gpt2-124m.json", {
        **about, "config": CONFIG, "parameters": sum(p.numel() for p in model.parameters()), "ids": PROMPT,
        "greedy": new, "margins": margins, "leastMargin": min(margins), "largestDifferenceFromF64": error,
        "spread": {"min": float(logits.min()), "max": float(logits.max()), "std": float(logits.std())}})
