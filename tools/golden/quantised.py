"""ggml's blocks as gguf-py packs and unpacks them, bit for bit what ggml's reference does.

    python tools/golden/quantised.py

`quants`: Q8_0 and Q4_0. For each group of rows: the f32 input `[rows, columns]`, the packed bytes `[rows, blocks * bytes]` (ggml's layout: an
f16 scale, then 32 int8, or 16 bytes whose low halves are values 0–15 and high halves 16–31), the unpacked f32.

Scale and its inverse are computed in f32 from the unrounded maximum; only the *stored* scale is rounded to f16.
Q8_0: d = max|x| / 127, q = x * (1/d) rounded half away from zero.  Q4_0: d = m / -8 where m is the first value of the
largest magnitude, with its sign; q = trunc(x * (1/d) + 8.5) in plain f32 (no fused multiply-add), at most 15.

`blocks`: the types that are only read. Blocks of random bits `[rows, bytes]`, their f16 scales of any sign and size, and the unpacked f32.
"""

import gguf
import numpy as np

from common import GOLDEN, origin, write_arrays, write_json

TYPES = {"q8_0": gguf.GGMLQuantizationType.Q8_0, "q4_0": gguf.GGMLQuantizationType.Q4_0}
SEED, BLOCK = 1, 32
# type → where the f16 scales of a block lie (ggml-common.h)
ONLY_READ = {"Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "IQ4_NL": [0], "Q2_K": [80, 82], "Q3_K": [108], "Q4_K": [0, 2],
             "Q5_K": [0, 2], "Q6_K": [208]}
ROWS, BLOCKS_OF_ROW = 4, 2


def groups() -> dict[str, tuple[str, np.ndarray]]:
    """name → what it tries, rows."""
    draw = np.random.default_rng(SEED)
    normal = lambda rows, columns, std=1.0: (std * draw.standard_normal((rows, columns))).astype(np.float32)
    signs = np.where(np.arange(BLOCK) % 3 == 0, -1, 1).astype(np.float32)
    sparse = normal(4, 64)
    sparse[:, ::3] = 0
    ties = normal(6, BLOCK, 0.2).clip(-0.9, 0.9)
    ties[0, [3, 20]], ties[1, [3, 20]] = [1, -1], [-1, 1]          # the first of the two decides Q4_0's sign
    ties[2, [15, 16]], ties[3, [0, 31]] = [1, -1], [-1, 1]
    ties[4], ties[5] = signs, -signs                               # nothing but ±max
    halves = np.stack([np.arange(BLOCK) - 15.5, (np.arange(BLOCK) - 16) * 4 + 0.5, (np.arange(BLOCK) - 16) / 2])
    halves[:, 0] = [-127, 127, -8]                                 # the scale becomes 1, or ±1 in Q4_0's last row
    ladder = 2.0 ** -np.arange(8, 40)[:, None] * normal(1, BLOCK)
    rounding = np.zeros((8, BLOCK))
    rounding[:, 0] = 127 * (1 + np.arange(8) * 2.0**-12)           # scales on and beside f16's own steps
    rounding[:, 1:] = np.arange(1, BLOCK) * 4.0
    return {
        "normal": ("weights: std 0.02, 24 blocks a row", normal(8, 768, 0.02)),
        "wide": ("std 30, two blocks a row", normal(8, 64, 30)),
        "zeros": ("nothing but 0 and -0; then one value in a row of zeros", np.stack([
            np.zeros(BLOCK), -np.zeros(BLOCK), np.eye(BLOCK)[0], -np.eye(BLOCK)[31]])),
        "sparse": ("every third value 0", sparse),
        "tiny": ("shrinking to where the f16 scale is denormal, then 0", ladder),
        "large": ("up to where the f16 scale is near 65504", np.stack([normal(1, BLOCK)[0].clip(-3, 3) * s for s in
                                                                    (1e3, 1e4, 1e5)])),
        "overflow": ("the Q4_0 scale is past 65504 in the first row, both are in the second", np.stack([
            np.where(np.arange(BLOCK) == 5, 6e5, 1e4), np.where(np.arange(BLOCK) == 5, 9e6, 1e4)])),
        "one-signed": ("all positive, then all negative", np.stack([
            np.abs(normal(1, BLOCK)[0]), -np.abs(normal(1, BLOCK)[0])])),
        "ties": ("±max in one block", ties),
        "halves": ("values halfway between two steps", halves),
        "rounding": ("scales beside the steps of f16", rounding),
        "embedding": ("a row of 50 blocks", normal(1, 1600, 0.1)),
    }


def random_blocks(draw: np.random.Generator, kind: str) -> tuple[np.ndarray, np.ndarray]:
    type_ = gguf.GGMLQuantizationType[kind]
    _, size = gguf.GGML_QUANT_SIZES[type_]
    packed = draw.integers(0, 256, (ROWS, BLOCKS_OF_ROW, size), dtype=np.uint8)
    for at in ONLY_READ[kind]:
        scales = draw.standard_normal((ROWS, BLOCKS_OF_ROW, 1)) * 10.0 ** draw.integers(-7, 3, (ROWS, BLOCKS_OF_ROW, 1))
        packed[:, :, at : at + 2] = scales.astype("<f2").view(np.uint8)
    packed = packed.reshape(ROWS, -1)
    return packed, gguf.dequantize(packed, type_)


if __name__ == "__main__":
    arrays, notes = {}, {}
    for name, (note, rows) in groups().items():
        rows = np.ascontiguousarray(rows, dtype=np.float32)
        arrays[f"{name}.input"] = rows
        notes[name] = {"what": note, "shape": list(rows.shape)}
        for kind, type_ in TYPES.items():
            with np.errstate(over="ignore", invalid="ignore"):
                packed = gguf.quantize(rows, type_)
                unpacked = gguf.dequantize(packed, type_)
            arrays[f"{name}.{kind}.bytes"], arrays[f"{name}.{kind}.unpacked"] = packed, unpacked
            if np.isfinite(unpacked).all():
                notes[name][f"{kind} largest error"] = float(np.abs(unpacked - rows).max())
            else:
                notes[name][f"{kind} not finite"] = int((~np.isfinite(unpacked)).sum())
    about = origin("quantised.py", seed=SEED)
    write_arrays(GOLDEN / "quants.safetensors", arrays, about)
    write_json(GOLDEN / "quants.json", {**about, "groups": notes})
    blocks = {}
    for kind in ONLY_READ:
        blocks[f"{kind}.bytes"], blocks[f"{kind}.unpacked"] = random_blocks(np.random.default_rng(SEED), kind)
    write_arrays(GOLDEN / "blocks.safetensors", blocks, about)
