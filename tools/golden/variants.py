"""Small models of every variant, their weights from seeded.py: logits, greedy ids, and what the routers chose.

    python tools/golden/variants.py

Sixteen rows in which every pair of settings of two columns occurs (asserted), and the dummy model of section 4.1.
"""

import itertools

import torch
from safetensors.torch import load_file

import seeded
from chapter import GPTModel
from common import GOLDEN, greedy, origin, write_arrays, write_json

SIZES = dict(vocabSize=97, contextLength=32, embDim=32, nHeads=4, nLayers=2, dropRate=0.0)
PROMPT = [5, 96, 0, 17, 42, 42, 8, 63, 31, 77, 1, 50]
INIT_STD, NEW_TOKENS = 0.3, 10
LEAST_MARGIN, LEAST_ROUTER_MARGIN, LEAST_DISTINCT = 0.01, 0.01, 4

COLUMNS = ["norm", "activation", "qkvBias", "tied", "shortcuts", "experts", "innerDim", "normEps"]
Y, N = True, False
FOUR, THREE = {"count": 4, "topK": 2}, {"count": 3, "topK": 1}
ROWS = [
    ("layer", "gelu-tanh", N, N, Y, None,  128, 1e-5),   # the chapter's own
    ("layer", "gelu-tanh", Y, Y, N, FOUR,  37,  1e-3),
    ("rms",   "gelu-tanh", N, Y, Y, THREE, 37,  1e-5),
    ("rms",   "gelu-tanh", Y, N, N, None,  128, 1e-3),
    ("layer", "gelu-erf",  N, Y, N, None,  37,  1e-5),
    ("layer", "gelu-erf",  Y, N, Y, THREE, 128, 1e-3),
    ("rms",   "gelu-erf",  N, N, N, FOUR,  128, 1e-5),
    ("rms",   "gelu-erf",  Y, Y, Y, None,  37,  1e-3),
    ("layer", "relu",      Y, Y, Y, FOUR,  128, 1e-5),
    ("layer", "relu",      N, N, N, THREE, 37,  1e-3),
    ("rms",   "relu",      Y, N, Y, None,  37,  1e-5),
    ("rms",   "relu",      N, Y, N, None,  128, 1e-3),
    ("layer", "swiglu",    Y, N, N, None,  37,  1e-5),
    ("layer", "swiglu",    N, Y, Y, THREE, 128, 1e-3),
    ("rms",   "swiglu",    Y, Y, N, THREE, 128, 1e-5),
    ("rms",   "swiglu",    N, N, Y, FOUR,  37,  1e-3),
]


def assert_pairs_covered() -> None:
    columns = list(zip(*[[repr(value) for value in row] for row in ROWS]))
    for (a, first), (b, second) in itertools.combinations(zip(COLUMNS, columns), 2):
        missing = set(itertools.product(first, second)) - set(zip(first, second))
        assert not missing, (a, b, missing)


def name_of(row: tuple) -> str:
    c = dict(zip(COLUMNS, row))
    experts = c["experts"] and f"moe{c['experts']['count']}top{c['experts']['topK']}"
    parts = [c["norm"], c["activation"], c["qkvBias"] and "bias", c["tied"] and "tied",
             not c["shortcuts"] and "noshortcuts", experts]
    return "-".join(part for part in parts if part)


def routers(model: GPTModel) -> list:
    return [block.ff for block in model.trf_blocks if hasattr(getattr(block, "ff", None), "chosen")]


def router_margin(model: GPTModel) -> float:
    """The least lead of a chosen expert over the best one left out."""
    leads = [torch.topk(r.scores, r.top_k + 1).values for r in routers(model)]
    return min((float((best[..., -2] - best[..., -1]).min()) for best in leads), default=torch.inf)


def measure(config: dict, seed: int) -> tuple[dict, dict] | None:
    """Expected values of one configuration; None where a choice of token or expert was too close to call."""
    model = seeded.fill(GPTModel(config), seed, INIT_STD)
    new, margins = greedy(model.logits, PROMPT, NEW_TOKENS)
    closest = router_margin(model)   # of the last run: it holds every position of the shorter ones
    logits = model.logits(PROMPT)
    arrays = {"logits": logits}
    for layer, router in enumerate(routers(model)):
        arrays[f"router.{layer}.scores"] = router.scores[0]
        arrays[f"router.{layer}.chosen"] = router.chosen[0].int()
        arrays[f"router.{layer}.shares"] = router.shares[0]
    if min(margins) < LEAST_MARGIN or closest < LEAST_ROUTER_MARGIN or len(set(new)) < LEAST_DISTINCT:
        return None
    count = sum(p.numel() for p in model.parameters())
    facts = {"config": config, "seed": seed, "initStd": INIT_STD, "parameters": count, "greedy": new,
             "margins": margins, "leastMargin": min(margins)}
    return facts | ({"routerMargin": round(closest, 5)} if routers(model) else {}), arrays


def assert_agrees_with_transformers() -> None:
    """chapter.py itself against transformers: head26's weights under the book's names give head26's logits."""
    from checkpoints import load
    gpt2, expected = load("head26"), load_file(GOLDEN / "head26" / "expected.safetensors")
    c = gpt2.config
    model = GPTModel(dict(vocabSize=c.vocab_size, contextLength=c.n_positions, embDim=c.n_embd, nHeads=c.n_head,
                          nLayers=c.n_layer, innerDim=c.n_inner, activation="gelu-erf", qkvBias=True, tied=True))
    model.load_state_dict(book_names(gpt2.state_dict(), c.n_layer))
    torch.testing.assert_close(model.logits(expected["ids"].tolist()), expected["logits"], rtol=1e-5, atol=1e-5)


def book_names(theirs: dict, layers: int) -> dict:
    """GPT-2's tensors (Conv1D: `[in, out]`, q, k, v side by side) as the book names and lays them."""
    theirs = {name.removeprefix("transformer."): value for name, value in theirs.items()}
    ours = {"tok_emb.weight": theirs["wte.weight"], "pos_emb.weight": theirs["wpe.weight"],
            "out_head.weight": theirs["lm_head.weight"]}
    norms = {"final_norm": "ln_f"}
    for n in range(layers):
        b, h = f"trf_blocks.{n}.", f"h.{n}."
        norms |= {b + "norm1": h + "ln_1", b + "norm2": h + "ln_2"}
        for kind in ("weight", "bias"):
            parts = theirs[h + "attn.c_attn." + kind].chunk(3, dim=-1)
            ours |= {f"{b}att.{w}.{kind}": p.T if p.dim() == 2 else p
                     for w, p in zip(["W_query", "W_key", "W_value"], parts)}
            for book, gpt2 in {"att.out_proj": "attn.c_proj", "ff.layers.0": "mlp.c_fc",
                               "ff.layers.2": "mlp.c_proj"}.items():
                value = theirs[f"{h}{gpt2}.{kind}"]
                ours[f"{b}{book}.{kind}"] = value.T if value.dim() == 2 else value
    for book, gpt2 in norms.items():
        ours |= {book + ".scale": theirs[gpt2 + ".weight"], book + ".shift": theirs[gpt2 + ".bias"]}
    return ours


if __name__ == "__main__":
    assert_pairs_covered()
    assert_agrees_with_transformers()
    configs = {name_of(row): {**SIZES, **{k: v for k, v in zip(COLUMNS, row) if v is not None}} for row in ROWS}
    configs["dummy"] = {**SIZES, "dummy": True}
    models, arrays = {}, {}
    for name, config in configs.items():
        found = next(filter(None, (measure(config, seed) for seed in range(1, 1000))))
        models[name] = found[0]
        arrays |= {f"{name}.{key}": value for key, value in found[1].items()}
    about = origin("variants.py")
    write_json(GOLDEN / "variants" / "expected.json", {**about, "prompt": PROMPT, "models": models})
    write_arrays(GOLDEN / "variants" / "expected.safetensors", arrays, about)
