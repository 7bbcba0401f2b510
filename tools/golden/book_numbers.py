"""The numbers that the book prints for its untrained GPT (chapter 4), computed and asserted.

    python tools/golden/book_numbers.py          (needs 2 GB of memory; about a minute)

Parameter counts, sizes, and what the 124M model of PyTorch seed 123 writes after "Hello, I am" with dropout off.
"""

import torch

from chapter import GPT_CONFIG_124M, GPTModel
from common import GOLDEN, greedy, origin, write_json
from torch_init import digest

PROMPT, PRINTED = [15496, 11, 314, 716], [27018, 24086, 47843, 30961, 42348, 7267]
FAMILY = {
    "gpt2-small": dict(embDim=768, nLayers=12, nHeads=12),
    "gpt2-medium": dict(embDim=1024, nLayers=24, nHeads=16),
    "gpt2-large": dict(embDim=1280, nLayers=36, nHeads=20),
    "gpt2-xl": dict(embDim=1600, nLayers=48, nHeads=25),
}
FIRST_TENSORS = ["tok_emb.weight", "pos_emb.weight", "trf_blocks.0.att.W_query.weight",
                 "trf_blocks.0.att.out_proj.bias", "trf_blocks.11.ff.layers.2.weight", "out_head.weight"]


def count(module: torch.nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def sizes(config: dict) -> dict:
    """Parameters with and without a head of its own, and MB (2^20 bytes) of the former in f32, as the book counts."""
    with torch.device("meta"):
        model = GPTModel(config)
    total = count(model)
    return {"parameters": total, "parametersTied": total - count(model.out_head), "megabytes": round(total * 4 / 2**20, 2)}


if __name__ == "__main__":
    family = {name: sizes({**GPT_CONFIG_124M, **shape}) for name, shape in FAMILY.items()}
    small = family["gpt2-small"]
    assert (small["parameters"], small["parametersTied"], small["megabytes"]) == (163_009_536, 124_412_160, 621.83)

    torch.manual_seed(123)
    model = GPTModel(GPT_CONFIG_124M)
    modules = {"feedForward": count(model.trf_blocks[0].ff), "attention": count(model.trf_blocks[0].att),
               "block": count(model.trf_blocks[0])}
    assert (modules["feedForward"], modules["attention"]) == (4_722_432, 2_360_064)

    ids, margins = greedy(model.logits, PROMPT, len(PRINTED))
    assert ids == PRINTED
    tensors = {name: p for name, p in model.named_parameters() if name in FIRST_TENSORS}
    write_json(GOLDEN / "book-numbers.json", {
        **origin("book_numbers.py", seed=123), "config": GPT_CONFIG_124M, "modules": modules, "family": family,
        "untrained": {"prompt": PROMPT, "greedy": ids, "margins": margins, "leastMargin": min(margins),
                      "firstLastLogits": model.logits(PROMPT)[-1][:8].tolist()},
        "tensors": {name: digest(p) for name, p in tensors.items()},
    })
