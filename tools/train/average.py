"""The mean of several models' weights: better than each of them when they come from one run or one ancestor.

    python average.py --out MEAN MODEL MODEL [MODEL ...]
    python average.py --out MEAN --weights 3 1 -- MODEL MODEL

(Wortsman et al. 2022, "Model soups", arXiv:2203.05482)
"""
import argparse

from checkpoint import export, load_model


def mean(state_dicts, weights):
    """[{name: tensor}], [number] -> {name: tensor}"""
    total = sum(weights)
    return {name: sum(w / total * s[name] for w, s in zip(weights, state_dicts)) for name in state_dicts[0]}


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("models", nargs="+", help="folders with config.json, model.safetensors and tokenizer.json")
    ap.add_argument("--out", required=True)
    ap.add_argument("--weights", nargs="+", type=float, help="one number a model (default: all 1)")
    args = ap.parse_args()
    weights = args.weights or [1.0] * len(args.models)
    if len(weights) != len(args.models):
        ap.error(f"{len(weights)} weights for {len(args.models)} models")
    loaded = [load_model(folder) for folder in args.models]
    model, tokenizer = loaded[0]
    export(args.out, model.cfg, mean([m.state_dict() for m, _ in loaded], weights), tokenizer)


if __name__ == "__main__":
    main()
