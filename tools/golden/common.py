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
LONG = 300
PACKAGES = ["torch", "transformers", "tokenizers", "safetensors", "numpy", "gguf"]

torch.set_num_threads(1)
torch.set_grad_enabled(False)


def origin(script: str, **extra) -> dict:
    """The lines that say how a file was made."""
    versions = {name: version(name) for name in PACKAGES}
    return {"madeBy": f"python tools/golden/{script}", "versions": versions, **extra}


def write_json(path: Path, value: dict, ascii: bool = False) -> None:
    """Broken into lines where a line would be long; arrays of numbers stay on theirs."""

    def show(v, indent: str = "") -> str:
        line, deeper = json.dumps(v, ensure_ascii=ascii), indent + "  "
        if isinstance(v, dict) and (len(line) > LONG or v is value):
            rows = [f"{deeper}{json.dumps(k, ensure_ascii=ascii)}: {show(x, deeper)}" for k, x in v.items()]
            return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
        if isinstance(v, list) and len(line) > LONG and isinstance(v[0], (dict, list)):
            return "[\n" + ",\n".join(deeper + show(x, deeper) for x in v) + f"\n{indent}]"
        return line

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(show(value) + "\n", encoding="utf-8")
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
