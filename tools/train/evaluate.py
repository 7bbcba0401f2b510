"""Held-out loss of a model, per text, in nats per token and in bits per byte.

    python evaluate.py --data FOLDER MODEL [MODEL ...]
"""
import argparse
import math

import torch

from checkpoint import load_model
from data import TEXTS, encode, split


@torch.no_grad()
def loss_of(model, ids, windows=None):
    """Mean nats per token over neighbouring windows of ids (f32); over about `windows` of them when given."""
    T = model.cfg.context_length
    n = (len(ids) - 1) // T
    take = range(0, n, max(1, n // windows) if windows else 1)
    was_training = model.training
    model.eval()
    total = 0.0
    for k in take:
        row = torch.from_numpy(ids[k * T : k * T + T + 1])[None]
        total += model(row[:, :-1], row[:, 1:]).item()
    model.train(was_training)
    return total / len(take)


def held_out(tokenizer, docs_by_name):
    """{name: documents} -> {name: (ids, bytes per token)}"""
    result = {}
    for name, docs in docs_by_name.items():
        ids = encode(tokenizer, docs)
        result[name] = ids, sum(len(d.encode()) + 1 for d in docs) / len(ids)
    return result


def evaluate(model, texts, windows=None):
    """{name: (ids, bytes per token)} -> {name: (nats per token, bits per byte)}"""
    result = {}
    for name, (ids, bytes_per_token) in texts.items():
        nats = loss_of(model, ids, windows)
        result[name] = nats, nats / math.log(2) / bytes_per_token
    return result


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("models", nargs="+", help="folders with config.json, model.safetensors and tokenizer.json")
    ap.add_argument("--data", required=True, help="folder of NAME.txt")
    ap.add_argument("--texts", nargs="+", default=TEXTS)
    args = ap.parse_args()
    torch.set_num_threads(1)
    _, docs = split(args.data, args.texts)
    for folder in args.models:
        model, tokenizer = load_model(folder)
        figures = evaluate(model, held_out(tokenizer, docs))
        print(folder)
        for name, (nats, bits) in figures.items():
            print(f"  {name}: {nats:.4f} nats/token, {bits:.4f} bits/byte", flush=True)


if __name__ == "__main__":
    main()
