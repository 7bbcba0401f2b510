"""Writes text with a model.

    python sample.py MODEL --prompt "Once upon a time" --seeds 3
"""
import argparse

import torch

from checkpoint import load_model
from data import END


def next_token(logits, seen, temperature, min_p, penalty, generator):
    """logits [V], seen: ids so far -> one id.

    Repetition penalty (Keskar et al. 2019): logits of seen ids are divided by it when positive, else multiplied.
    min-p: only tokens at least min_p times as probable as the best one.
    """
    logits = logits.clone()
    ids = torch.tensor(sorted(set(seen)))
    logits[ids] = torch.where(logits[ids] > 0, logits[ids] / penalty, logits[ids] * penalty)
    probs = (logits / temperature).softmax(-1)
    probs[probs < min_p * probs.max()] = 0
    return torch.multinomial(probs, 1, generator=generator).item()


@torch.no_grad()
def write(model, tokenizer, prompt, n_tokens=160, seed=0, temperature=0.7, min_p=0.08, penalty=1.12):
    """prompt -> prompt and up to n_tokens more, ending early at the end of the document."""
    end = tokenizer.token_to_id(END)
    generator = torch.Generator().manual_seed(seed)
    was_training = model.training
    model.eval()
    ids = [end] + tokenizer.encode(prompt).ids
    for _ in range(n_tokens):
        context = torch.tensor(ids[-model.cfg.context_length :])[None]
        token = next_token(model(context)[0, -1], ids, temperature, min_p, penalty, generator)
        if token == end:
            break
        ids.append(token)
    model.train(was_training)
    return tokenizer.decode(ids[1:])


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("model", help="folder with config.json, model.safetensors and tokenizer.json")
    ap.add_argument("--prompt", nargs="+", default=["Once upon a time"])
    ap.add_argument("--seeds", type=int, default=1, help="so many texts a prompt, with seeds 0, 1, ...")
    ap.add_argument("--tokens", type=int, default=160)
    ap.add_argument("--temperature", type=float, default=0.7)
    ap.add_argument("--min-p", type=float, default=0.08)
    ap.add_argument("--penalty", type=float, default=1.12)
    args = ap.parse_args()
    torch.set_num_threads(1)
    model, tokenizer = load_model(args.model)
    for prompt in args.prompt:
        for seed in range(args.seeds):
            text = write(model, tokenizer, prompt, args.tokens, seed, args.temperature, args.min_p, args.penalty)
            print(f"--- {prompt!r}, seed {seed}\n{text}\n", flush=True)


if __name__ == "__main__":
    main()
