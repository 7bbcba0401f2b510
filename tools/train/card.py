"""Writes a model's card: a text with the places {figures}, {parameters}, {megabytes} and {samples} filled in.

    python card.py MODEL --template recipes/embedded-card.md --data FOLDER --beside HANDED > README.md
"""
import argparse
from pathlib import Path

import torch

from checkpoint import load_model
from data import TEXTS, split
from evaluate import evaluate, held_out
from sample import write


def figures_table(figures, beside, documents):
    """{name: (nats, bits)} twice and {name: number of documents} -> a Markdown table"""
    lines = ["| held-out text | documents | nats/token | bits/byte | first model: nats/token | bits/byte |"]
    lines.append("|---|---|---|---|---|---|")
    for name, (nats, bits) in figures.items():
        old_nats, old_bits = beside[name]
        lines.append(f"| {name} | {documents[name]} | {nats:.3f} | {bits:.3f} | {old_nats:.3f} | {old_bits:.3f} |")
    return "\n".join(lines)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("model", help="folder with config.json, model.safetensors and tokenizer.json")
    ap.add_argument("--beside", required=True, help="the model it is compared with")
    ap.add_argument("--template", required=True)
    ap.add_argument("--data", required=True, help="folder of NAME.txt")
    ap.add_argument("--texts", nargs="+", default=TEXTS)
    ap.add_argument("--prompts", nargs="+", default=["Once upon a time", "The little rabbit"])
    ap.add_argument("--seeds", type=int, default=5)
    args = ap.parse_args()
    torch.set_num_threads(1)
    _, docs = split(args.data, args.texts)
    model, tokenizer = load_model(args.model)
    old_model, old_tokenizer = load_model(args.beside)
    samples = [write(model, tokenizer, prompt, seed=seed) for prompt in args.prompts for seed in range(args.seeds)]
    places = {
        "figures": figures_table(evaluate(model, held_out(tokenizer, docs)),
                                 evaluate(old_model, held_out(old_tokenizer, docs)),
                                 {name: len(d) for name, d in docs.items()}),
        "parameters": f"{sum(p.numel() for p in model.parameters()):,}",
        "megabytes": f"{(Path(args.model) / 'model.safetensors').stat().st_size / 1e6:.1f}",
        "samples": "\n\n".join("> " + text.replace("\n", "\n>\n> ") for text in samples),
    }
    text = Path(args.template).read_text("utf-8")
    for name, value in places.items():
        text = text.replace("{" + name + "}", value)
    print(text, end="")


if __name__ == "__main__":
    main()
