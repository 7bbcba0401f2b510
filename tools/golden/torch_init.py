"""PyTorch's own seeded numbers, for the browser's `init: 'torch'`: single draws, then whole models of every kind.

    python tools/golden/torch_init.py

The draws of one row come one after another from one seed, so that what a draw leaves behind shows. The recipe, checked
against these values (mt19937 seeded with the integer, 32-bit outputs):

    uniform_           low 24 bits of one output / 2^24
    normal_, n >= 16   n such uniforms; each 16 of them in place: u1 = 1 - first eight, u2 = last eight,
                       sqrt(-2 ln u1) cos(2π u2) in the first eight places, sin in the last; where n is no multiple
                       of 16, the last 16 places are drawn anew with 16 further uniforms    (within 7e-7, f32 inside)
    normal_, n < 16    in f64, one pair at a time, its second value kept for the next such call: u1, u2 = low 53 bits of
                       (first output << 32 | second) / 2^53; sqrt(-2 log1p(-u2)) × cos(2π u1), then × sin    (exact)
    nn.Embedding       normal_;    nn.Linear: uniform in ±1/sqrt(in), the weight, then the bias
"""

import torch

from chapter import GPTModel
from common import GOLDEN, origin, write_json

# seed → calls in order
DRAWS = {
    0: ["uniform 7", "uniform 16", "uniform 33"],
    1: ["normal 16", "normal 32", "normal 48"],
    2: ["normal 17", "normal 31", "normal 40"],
    3: ["normal 4", "normal 3", "normal 2", "normal 15"],
    4: ["normal 5", "uniform 3", "normal 1", "normal 20", "normal 5", "uniform 20"],
    123: ["uniform 700", "normal 20", "uniform 5"],          # past the generator's 624 words
    4294967295: ["uniform 4", "normal 16"],
}

SMALL = dict(vocabSize=97, contextLength=32, embDim=32, nHeads=4, nLayers=2)
TINY = dict(vocabSize=11, contextLength=3, embDim=4, nHeads=2, nLayers=2)     # its tensors are below 16, and ragged
EXPERTS = {"count": 3, "topK": 2}
MODELS = {
    "chapter": (123, SMALL),
    "tiny": (123, TINY),
    "bias": (123, {**TINY, "qkvBias": True}),
    "odd": (7, {**SMALL, "innerDim": 37, "vocabSize": 101, "nLayers": 1}),
    "tied": (123, {**SMALL, "tied": True}),
    "rms-swiglu": (123, {**SMALL, "norm": "rms", "activation": "swiglu"}),
    "experts": (123, {**SMALL, "experts": EXPERTS}),
    "experts-swiglu": (5, {**SMALL, "activation": "swiglu", "experts": EXPERTS, "qkvBias": True}),
    "dummy": (123, {**SMALL, "dummy": True}),
}
PROMPT = [5, 10, 0]


def draw(call: str) -> list[float]:
    kind, count = call.split()
    empty = torch.empty(int(count))
    values = empty.normal_() if kind == "normal" else empty.uniform_()
    return values.tolist()


def digest(values: torch.Tensor) -> dict:
    """All values of a small tensor, the ends of a larger one; sums in f64."""
    flat = values.detach().flatten()
    shown = {"values": flat.tolist()} if len(flat) <= 48 else {"first": flat[:8].tolist(), "last": flat[-8:].tolist()}
    return {"shape": list(values.shape), **shown, "sum": float(flat.double().sum()),
            "sumOfSquares": float(flat.double().square().sum())}


def untrained(seed: int, config: dict) -> dict:
    torch.manual_seed(seed)
    model = GPTModel(config)
    logits = model.logits(PROMPT)
    tensors = {name: digest(p) for name, p in model.named_parameters()}
    return {"seed": seed, "config": config, "tensors": tensors, "prompt": PROMPT, "lastLogits": logits[-1][:16].tolist()}


if __name__ == "__main__":
    rows = []
    for seed, calls in DRAWS.items():
        torch.manual_seed(seed)
        rows += [{"seed": seed, "calls": [{"call": call, "values": draw(call)} for call in calls]}]
    models = {name: untrained(*spec) for name, spec in MODELS.items()}
    write_json(GOLDEN / "torch-init.json", {**origin("torch_init.py"), "draws": rows, "models": models})
