"""What every golden maker shares: where files go, how they are written, and what they say of their origin.

Every folder or file under `test/golden/` names the command, the versions and the seed that made it. Numbers are
made on one CPU thread so that a second run gives the same bits.
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file

GOLDEN = Path(__file__).parents[2] / "test" / "golden"
PACKAGES = ["torch", "transformers", "tokenizers", "safetensors", "numpy", "gguf"]

torch.set_num_threads(1)
torch.set_grad_enabled(False)


def origin(script: str, **extra) -> dict:
    """The lines that say how a file was made."""
    versions = {name: version(name) for name in PACKAGES}
    return {"madeBy": f"python tools/golden/{script}", "versions": versions, **extra}


def write_json(path: Path, value: dict, ascii: bool = False) -> None:
    """One key a line (and one element a line for lists of objects), arrays of numbers kept on their line."""
    dump = lambda v: json.dumps(v, ensure_ascii=ascii)

    def show(v, depth: int) -> str:
        pad, end = "  " * (depth + 1), "  " * depth
        if isinstance(v, dict) and v and depth < 3:
            rows = [f"{pad}{dump(k)}: {show(x, depth + 1)}" for k, x in v.items()]
            return "{\n" + ",\n".join(rows) + f"\n{end}}}"
        if isinstance(v, list) and v and isinstance(v[0], (dict, list)) and depth < 3:
            return "[\n" + ",\n".join(pad + dump(x) for x in v) + f"\n{end}]"
        return dump(v)

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(show(value, 0) + "\n", encoding="utf-8")
    print(f"{path.relative_to(GOLDEN)}  {path.stat().st_size:,} bytes")


def write_arrays(path: Path, arrays: dict, about: dict) -> None:
    """A safetensors file of numpy arrays or torch tensors; where it comes from stands in its metadata."""
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = {name: np.ascontiguousarray(np.asarray(a)) for name, a in arrays.items()}
    save_file(plain, path, metadata={"about": json.dumps(about)})
    print(f"{path.relative_to(GOLDEN)}  {path.stat().st_size:,} bytes")


def greedy(logits_of, ids: list[int], count: int) -> tuple[list[int], list[float]]:
    """`count` greedy ids after `ids`, and by how much the best logit led at each step.

    `logits_of(ids)` gives `[T, vocab]`. A lead under the rounding error of f32 would make the ids a coin toss.
    """
    ids, new, margins = list(ids), [], []
    for _ in range(count):
        best = torch.topk(torch.as_tensor(logits_of(ids)[-1]), 2)
        new.append(int(best.indices[0]))
        margins.append(round(float(best.values[0] - best.values[1]), 5))
        ids.append(new[-1])
    return new, margins
