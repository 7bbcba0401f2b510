"""Trains a GPT-2 on plain text files, or goes on with one.

    python train.py recipes/embedded.toml --data TEXTS --out RUN                     # from nothing
    python train.py recipes/embedded.toml --data TEXTS --out RUN                     # again: goes on where it stopped
    python train.py recipes/embedded.toml --data TEXTS --out RUN --init MODEL        # from finished weights
    python train.py recipes/embedded.toml --data TEXTS --out COOL --branch RUN/state.pt --tokens 30e6 --cool 8e6

The last one starts a cool-down at any saved moment of another run. Everything is counted in tokens, nothing in time.
"""
import argparse
import signal
import time
import tomllib
from pathlib import Path

import torch
from tokenizers import Tokenizer

import data
from checkpoint import export, load_model, load_state, replace, save_state
from evaluate import evaluate, held_out
from model import GPT, Config
from muon import Muon
from sample import write


def arguments():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("recipe", help="a .toml file: texts, shares, sizes, rates")
    ap.add_argument("--data", required=True, help="folder of NAME.txt")
    ap.add_argument("--out", required=True, help="folder of the run")
    ap.add_argument("--init", help="start from this folder's config.json, model.safetensors and tokenizer.json")
    ap.add_argument("--branch", help="start from this state.pt of another run")
    ap.add_argument("--tokens", type=float, help="train until so many tokens were seen (default: the recipe's)")
    ap.add_argument("--cool", type=float, help="the last so many of them cool down (default: the recipe's)")
    ap.add_argument("--stop", type=float, help="stop at so many tokens as if interrupted (as Ctrl-C does)")
    ap.add_argument("--threads", type=int, default=1)
    return ap.parse_args()


def load_texts(recipe, folder, tokenizer, seed):
    """-> (tokenizer, Mix of the training texts, held-out texts as evaluate takes them)"""
    train, held = data.split(folder, recipe["texts"])
    if "drop" in recipe:
        train = {name: data.without(docs, recipe["drop"]) for name, docs in train.items()}
    if tokenizer is None:
        docs = [d for name, times in recipe["tokenizer"].items() for d in train[name] * times]
        tokenizer = data.train_tokenizer(docs, recipe["model"]["vocab_size"])
    if "easy" in recipe:
        train["easy"] = data.easiest([d for n in recipe["easy"]["of"] for d in train[n]], recipe["easy"]["share"])
    streams = {name: data.encode(tokenizer, docs) for name, docs in train.items()}
    for name, ids in streams.items():
        print(f"{name}: {len(ids):,} tokens to train on", flush=True)
    return tokenizer, data.Mix(streams, recipe["model"]["context_length"], seed), held_out(tokenizer, held)


def optimizers(model, rates):
    """Muon for the blocks' matrices, AdamW for the rest (weight decay for embeddings only)."""
    matrices = [p for p in model.h.parameters() if p.dim() == 2]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    embeddings = {"params": [model.wte.weight, model.wpe.weight], "weight_decay": 0.01}
    adam = torch.optim.AdamW([embeddings, {"params": vectors, "weight_decay": 0.0}],
                             lr=rates["adam"], betas=(0.9, 0.95), fused=True)
    return {"muon": Muon(matrices, rates["muon"]), "adam": adam}


def schedule(tokens, warm_up, end, cool):
    """The rate's factor: up over warm_up tokens, flat, and down to 0 over the last `cool` tokens before `end`."""
    return min(1, tokens / warm_up, (end - tokens) / cool)


class Run:
    """All that a run is: weights, their moving average, optimizer states, place in the data, tokens seen."""

    def __init__(self, model, rates, mix):
        self.model, self.mix, self.optimizers = model, mix, optimizers(model, rates)
        self.average = {name: t.clone() for name, t in model.state_dict().items()}
        self.tokens, self.steps, self.mean_loss = 0, 0, None

    def state_dict(self):
        return {"model": self.model.state_dict(), "average": self.average, "tokens": self.tokens, "steps": self.steps,
                "mean_loss": self.mean_loss, "mix": self.mix.state_dict(), "random": torch.get_rng_state(),
                "optimizers": {name: o.state_dict() for name, o in self.optimizers.items()}}

    def load_state_dict(self, state):
        self.model.load_state_dict(state["model"])
        self.average, self.mean_loss = state["average"], state["mean_loss"]
        self.tokens, self.steps = state["tokens"], state["steps"]
        for name, optimizer in self.optimizers.items():
            optimizer.load_state_dict(state["optimizers"][name])
        self.mix.load_state_dict(state["mix"])
        torch.set_rng_state(state["random"])

    def step(self, forward, rows, micro, factor, rates, decay):
        """rows [batch, T + 1]: one step of both optimizers, `micro` rows at a time through the model. -> the loss"""
        loss = 0.0
        for part in torch.from_numpy(rows).split(micro):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                part_loss = forward(part[:, :-1].contiguous(), part[:, 1:].contiguous()) * (len(part) / len(rows))
            part_loss.backward()
            loss += part_loss.item()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for name, optimizer in self.optimizers.items():
            for group in optimizer.param_groups:
                group["lr"] = rates[name] * factor
            optimizer.step()
            optimizer.zero_grad()
        weights = self.model.state_dict()
        decay = min(decay, (self.steps + 1) / (self.steps + 10))  # the first weights are soon forgotten
        with torch.no_grad():
            for name, average in self.average.items():
                average.lerp_(weights[name], 1 - decay)
        self.steps += 1
        self.tokens += rows.shape[0] * (rows.shape[1] - 1)
        self.mean_loss = loss if self.mean_loss is None else 0.98 * self.mean_loss + 0.02 * loss
        return loss


class Log:
    """Lines to the screen and to log.txt."""

    def __init__(self, path):
        self.file = open(path, "a", buffering=1, encoding="utf-8")

    def __call__(self, line):
        print(line, flush=True)
        self.file.write(line + "\n")


def report(run, held, tokenizer, prompt, say, windows=None):
    """Held-out losses of the weights and of their average, and a text."""
    average = GPT(run.model.cfg)
    average.load_state_dict(run.average)
    for name, model in (("weights", run.model), ("average", average)):
        figures = evaluate(model, held, windows)
        say(f"  held out, {name}: " + ", ".join(f"{text} {nats:.4f}" for text, (nats, _) in figures.items()))
    say(f"  {write(average, tokenizer, prompt, 100, seed=run.steps)!r}")


def prepare(args, recipe):
    """-> (Run, tokenizer, held-out texts): where `out` stopped, from another run, from weights, or from nothing."""
    out, seed = Path(args.out), recipe["plan"]["seed"]
    saved = out / "state.pt" if (out / "state.pt").exists() else args.branch and Path(args.branch)
    tokenizer = None
    if saved:
        model, tokenizer = GPT(Config(**recipe["model"])), Tokenizer.from_file(str(saved.parent / "tokenizer.json"))
    elif args.init:
        model, tokenizer = load_model(args.init, recipe["model"]["drop_rate"])
    else:
        model = GPT(Config(**recipe["model"]))
    tokenizer, mix, held = load_texts(recipe, args.data, tokenizer, seed)
    replace(out / "tokenizer.json", lambda p: tokenizer.save(str(p), pretty=False))
    run = Run(model, recipe["rates"], mix)
    if saved:
        run.load_state_dict(load_state(saved))
    return run, tokenizer, held


def main():
    args = arguments()
    recipe = tomllib.loads(Path(args.recipe).read_text())
    plan, out = recipe["plan"], Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    end, cool = args.tokens or plan["tokens"], args.cool or plan["cool"]
    torch.set_num_threads(args.threads)
    torch.manual_seed(plan["seed"])
    run, tokenizer, held = prepare(args, recipe)
    forward = torch.compile(run.model)
    say = Log(out / "log.txt")
    interrupted = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: interrupted.append(True))

    say(f"{sum(p.numel() for p in run.model.parameters()):,} parameters, {run.tokens:,} of {end:,.0f} tokens seen, "
        f"cool-down over the last {cool:,.0f}")
    began, first, saved_at = time.time(), run.tokens, time.time()
    while run.tokens < min(end, args.stop or end) and not interrupted:
        phase = "cool" if run.tokens >= end - cool else "flat"
        rows = run.mix.batch(recipe["shares"][phase], plan["batch"])
        factor = max(0.0, schedule(run.tokens + rows.size - len(rows), plan["warm_up"], end, cool))
        loss = run.step(forward, rows, plan["micro"], factor, recipe["rates"], plan["average"])
        if run.steps % plan["log_every"] == 0:
            speed = (run.tokens - first) / (time.time() - began)
            say(f"step {run.steps}  {run.tokens / 1e6:.3f} M tokens  loss {loss:.6f}  mean {run.mean_loss:.4f}  "
                f"rate x{factor:.3f}  {speed:.0f} tokens/s  {(end - run.tokens) / speed / 60:.0f} min left")
        if run.steps % plan["evaluate_every"] == 0:
            report(run, held, tokenizer, plan["prompt"], say, windows=24)
        if time.time() - saved_at > plan["save_every_seconds"]:
            save_state(out / "state.pt", run.state_dict())
            saved_at = time.time()
    save_state(out / "state.pt", run.state_dict())
    if run.tokens >= end:
        report(run, held, tokenizer, plan["prompt"], say)
        for name, weights in (("weights", run.model.state_dict()), ("average", run.average)):
            export(out / name, run.model.cfg, weights, tokenizer)


if __name__ == "__main__":
    main()
