"""The seeded generator of initial weights that `createModel(config, { seed })` has too, so that no big file is kept.

    python tools/golden/seeded.py          (writes a few of its values, step by step)

A parameter's values depend on the seed and its own name alone. All integers are uint64 and wrap:

    mix(z)   z ^= z>>30; z *= 0xBF58476D1CE4E5B9; z ^= z>>27; z *= 0x94D049BB133111EB; z ^= z>>31     (splitmix64)
    base     mix(seed + (fnv1a32(name) << 32))                   seed a uint32, name in UTF-8
    pair i   u = mix(base + (i+1) * 0x9E3779B97F4A7C15)          i = 0, 1, 2 …
             u1 = ((u >> 32) + 1) / 2^32, u2 = (u & 0xffffffff) / 2^32, r = sqrt(-2 ln u1)
    values   [2i] r cos(2π u2), [2i+1] r sin(2π u2)              in f64, times std, then rounded to f32

They fill the tensor row by row in the shape the parameter has in chapter.py (`[out, in]` for a Linear). Matrices and
embeddings are drawn; biases and shifts are 0, scales 1; a tied head has no tensor of its own.
"""

import numpy as np
import torch

from common import GOLDEN, origin, write_json

STD = 0.02
GOLDEN_GAMMA = np.uint64(0x9E3779B97F4A7C15)


def fnv1a32(text: str) -> int:
    h = 0x811C9DC5
    for byte in text.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h


def mix(z: np.ndarray) -> np.ndarray:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def base(seed: int, name: str) -> np.ndarray:
    return mix(np.array([seed + (fnv1a32(name) << 32)], dtype=np.uint64))


def draws(seed: int, name: str, pairs: int) -> np.ndarray:
    return mix(base(seed, name) + np.arange(1, pairs + 1, dtype=np.uint64) * GOLDEN_GAMMA)


def normal(seed: int, name: str, shape, std: float) -> np.ndarray:
    count = int(np.prod(shape))
    u = draws(seed, name, (count + 1) // 2)
    u1 = ((u >> np.uint64(32)).astype(np.float64) + 1) * 2.0**-32
    u2 = (u & np.uint64(0xFFFFFFFF)).astype(np.float64) * 2.0**-32
    r, angle = np.sqrt(-2 * np.log(u1)), 2 * np.pi * u2
    values = np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1).reshape(-1)[:count]
    return (values * std).astype(np.float32).reshape(shape)


def fill(model: torch.nn.Module, seed: int, std: float = STD) -> torch.nn.Module:
    """Writes the seeded weights into a chapter.py model. A tied head is met once, as `tok_emb.weight`."""
    for name, p in model.named_parameters():
        if p.dim() == 2:
            p.data = torch.from_numpy(normal(seed, name, p.shape, std))
        else:
            p.data.fill_(1.0 if name.endswith(".scale") else 0.0)
    if model.config["tied"]:
        model.out_head.weight = model.tok_emb.weight
    return model


SAMPLES = [(1, "tok_emb.weight", (97, 32)), (4294967295, "tok_emb.weight", (97, 32)), (0, "pos_emb.weight", (3, 5)),
           (123, "trf_blocks.0.att.W_query.weight", (32, 32)), (123, "trf_blocks.11.ff.experts.3.fc2.weight", (37, 32)),
           (123, "out_head.weight", (50257, 768))]


def sample(seed: int, name: str, shape: tuple) -> dict:
    values = normal(seed, name, shape, STD).reshape(-1)
    return {"seed": seed, "name": name, "shape": shape, "fnv1a32": fnv1a32(name), "base": hex(base(seed, name)[0]),
            "draws": [hex(u) for u in draws(seed, name, 3)], "std": STD, "first": values[:8].tolist(),
            "last": values[-3:].tolist(), "sum": float(values.sum(dtype=np.float64)),
            "sumOfSquares": float(np.square(values, dtype=np.float64).sum())}


if __name__ == "__main__":
    write_json(GOLDEN / "seeded.json", {**origin("seeded.py"), "samples": [sample(*s) for s in SAMPLES]})
