"""Every named activation of two tiny checkpoints, taken by forward hooks on the transformers model.

    python tools/golden/activations.py          (after checkpoints.py)

Names and meanings are TransformerLens' without `hook_` and without its batch dimension, nothing folded or centred:
`ln1.scale` is sqrt(var + eps) `[T, 1]`, `ln1.normalized` is (x - mean) / scale before weight and bias, `attn.q/k/v/z`
are `[T, head, d]`, `attn.scores` is q·k / sqrt(d) with -inf above the diagonal, `attn.pattern` its softmax, both
`[head, T, T]`. What the model does not hold by itself (scale, normalized, scores) is computed again from what it does
hold, and checked against the model's next value.
"""

import torch
from safetensors.torch import load_file

from checkpoints import load
from common import GOLDEN, origin, write_arrays

NAMES = ["head26", "relu40"]


def norm(layer: torch.nn.LayerNorm, x: torch.Tensor) -> dict[str, torch.Tensor]:
    """Scale and normalized of a LayerNorm's input."""
    centred = x - x.mean(-1, keepdim=True)
    scale = (centred.square().mean(-1, keepdim=True) + layer.eps).sqrt()
    torch.testing.assert_close(centred / scale * layer.weight + layer.bias, layer(x))
    return {"scale": scale, "normalized": centred / scale}


def attention(attn, qkv: torch.Tensor, pattern: torch.Tensor, z: torch.Tensor) -> dict[str, torch.Tensor]:
    """From the outputs of c_attn `[T, 3E]`, the softmax `[head, T, T]` and the input of c_proj `[T, E]`."""
    length, heads = len(qkv), attn.num_heads
    q, k, v = (x.view(length, heads, -1) for x in qkv.split(attn.split_size, dim=-1))
    scores = torch.einsum("qhd,khd->hqk", q, k) / attn.head_dim**0.5
    scores = scores.masked_fill(torch.ones(length, length).triu(1).bool(), -torch.inf)
    torch.testing.assert_close(scores.softmax(-1), pattern)
    z = z.view(length, heads, -1)
    torch.testing.assert_close(torch.einsum("hqk,khd->qhd", pattern, v), z)
    return {"q": q, "k": k, "v": v, "scores": scores, "pattern": pattern, "z": z}


def activations(model, ids: torch.Tensor) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    """One forward pass; what went into and came out of each module, under our names."""
    into, out_of = {}, {}

    def watch(name):
        def hook(_, inputs, output):
            into[name] = inputs[0][0] if inputs else None
            out_of[name] = output
        return hook

    body = model.transformer
    hooks = [module.register_forward_hook(watch(name)) for name, module in body.named_modules() if name]
    logits = model(ids[None]).logits[0]
    for hook in hooks:
        hook.remove()

    found = {"embed": out_of["wte"][0], "pos_embed": out_of["wpe"][0]}
    for n, block in enumerate(body.h):
        ours, theirs = f"blocks.{n}.", f"h.{n}."
        found[ours + "resid_pre"] = into[theirs + "ln_1"]
        found[ours + "resid_mid"] = into[theirs + "ln_2"]
        found[ours + "resid_post"] = into[f"h.{n + 1}.ln_1" if n + 1 < len(body.h) else "ln_f"]
        parts = {
            "ln1": norm(block.ln_1, into[theirs + "ln_1"]),
            "ln2": norm(block.ln_2, into[theirs + "ln_2"]),
            "attn": attention(block.attn, out_of[theirs + "attn.c_attn"][0], out_of[theirs + "attn"][1][0],
                              into[theirs + "attn.c_proj"]),
            "mlp": {"pre": out_of[theirs + "mlp.c_fc"][0], "post": out_of[theirs + "mlp.act"][0]},
        }
        found |= {f"{ours}{part}.{key}": value for part, values in parts.items() for key, value in values.items()}
    found |= {f"ln_final.{key}": value for key, value in norm(body.ln_f, into["ln_f"]).items()}
    torch.testing.assert_close(found["blocks.0.resid_pre"], found["embed"] + found["pos_embed"])
    return found, logits


if __name__ == "__main__":
    for name in NAMES:
        expected = load_file(GOLDEN / name / "expected.safetensors")
        found, logits = activations(load(name), expected["ids"].long())
        torch.testing.assert_close(logits, expected["logits"], rtol=0, atol=0)
        about = origin("activations.py", prompt="the ids of expected.safetensors")
        write_arrays(GOLDEN / name / "activations.safetensors", found, about)
