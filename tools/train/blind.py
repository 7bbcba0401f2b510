"""Two models, read blind: one text of each for every prompt, as A and B, and the key apart. Each is A in half of the pairs.

    python blind.py write FIRST SECOND --out READING --seed 1
    python blind.py count READING

Read READING/pairs.txt alone and write READING/verdicts.txt, a line `3 A`, `3 B` or `3 =` for each pair; only then count.
"""
import argparse
import json
import random
import re
from math import comb
from pathlib import Path

import torch

from checkpoint import load_model
from sample import write

PROMPTS = Path(__file__).parent / "recipes" / "blind-prompts.txt"


def sign_test(wins, losses):
    """Probability of a count at least as uneven, to either side, when both texts of a pair are as likely to be preferred."""
    n, k = wins + losses, max(wins, losses)
    return min(1.0, 2 * sum(comb(n, i) for i in range(k, n + 1)) / 2**n)


def write_pairs(models, prompts, n_tokens, seed, out):
    """Writes pairs.txt and key.json: for each pair, the folder of the model behind A and behind B."""
    torch.set_num_threads(1)
    loaded = {folder: load_model(folder) for folder in models}
    orders = ([models, models[::-1]] * len(prompts))[: len(prompts)]  # in halves: a reader may lean to one side
    random.Random(seed).shuffle(orders)
    pairs, key = [], []
    for number, (prompt, order) in enumerate(zip(prompts, orders), 1):
        sides = dict(zip("AB", order))
        texts = {side: write(*loaded[folder], prompt, n_tokens, seed * 1000 + number) for side, folder in sides.items()}
        pairs.append(f"=== {number}\n" + "\n".join(f"--- {side}\n{text}" for side, text in texts.items()) + "\n")
        key.append(sides)
    out.mkdir(parents=True, exist_ok=True)
    (out / "pairs.txt").write_text("\n".join(pairs), "utf-8")
    (out / "key.json").write_text(json.dumps({"seed": seed, "tokens": n_tokens, "sides": key}, indent=1) + "\n")


def count(out):
    """Opens the key and prints how often each model was preferred, and the sign test."""
    sides = json.loads((out / "key.json").read_text())["sides"]
    verdicts = re.findall(r"^(\d+) ([AB=])$", (out / "verdicts.txt").read_text(), re.MULTILINE)
    if sorted(int(n) for n, _ in verdicts) != list(range(1, len(sides) + 1)):
        raise SystemExit(f"verdicts.txt: expected one line each for 1 to {len(sides)}, as `3 A`, `3 B` or `3 =`")
    preferred = dict.fromkeys(sides[0].values(), 0)
    for n, verdict in verdicts:
        if verdict != "=":
            preferred[sides[int(n) - 1][verdict]] += 1
    for folder, wins in preferred.items():
        print(f"{wins:3} {folder}")
    print(f"{len(sides) - sum(preferred.values()):3} neither; sign test p = {sign_test(*preferred.values()):.3f}")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = ap.add_subparsers(required=True)
    writing = commands.add_parser("write")
    writing.add_argument("models", nargs=2, help="folders with config.json, model.safetensors and tokenizer.json")
    writing.add_argument("--prompts", type=Path, default=PROMPTS, help="a file, one prompt a line")
    writing.add_argument("--tokens", type=int, default=150)
    writing.add_argument("--seed", type=int, required=True)
    writing.add_argument("--out", type=Path, required=True)
    writing.set_defaults(run=lambda a: write_pairs(a.models, a.prompts.read_text("utf-8").splitlines(), a.tokens,
                                                   a.seed, a.out))
    counting = commands.add_parser("count")
    counting.add_argument("out", type=Path)
    counting.set_defaults(run=lambda a: count(a.out))
    args = ap.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
