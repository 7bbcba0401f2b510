"""Tiny checkpoints in the Hugging Face layout, each with the logits and greedy ids that transformers gives for it.

    python tools/golden/checkpoints.py

Weights are random but far wider than GPT-2's initial 0.02, so that logits are well apart: a greedy step led by less
than 0.01 makes the script take the next seed. The logits are computed in f32 from the *stored* values: the folder is
written first, then read back by transformers (eager attention).
"""

import json

import torch
import transformers
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel

import tiny_tokenizer
from common import GOLDEN, greedy, origin, write_arrays, write_json

transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()

NEW_TOKENS, LEAST_MARGIN, LEAST_DISTINCT = 30, 0.01, 8

SHORT = "There was a little owl"
LONG = " ".join(tiny_tokenizer.SENTENCES)[:330]

# name → configuration; how it is stored; the spread of its matrices; the prompt
CHECKPOINTS = {
    "head26": dict(
        config=dict(n_embd=52, n_head=2, n_layer=2, n_inner=37, n_positions=64, activation_function="gelu"),
        dtype=torch.float32, tokenizer=tiny_tokenizer.save_two_files, std=0.2, prompt=SHORT + " — não?",
    ),
    "relu40": dict(
        config=dict(n_embd=24, n_head=6, n_layer=3, n_positions=40, activation_function="relu",
                    layer_norm_epsilon=1e-3, tie_word_embeddings=False),
        dtype=torch.float32, prefix="transformer.", std=0.25, prompt=SHORT,
    ),
    "wide": dict(
        config=dict(n_embd=260, n_head=4, n_layer=2, n_inner=131, n_positions=256, activation_function="gelu_new"),
        dtype=torch.float16, std=0.15, prompt=LONG,
    ),
    "bf16mask": dict(
        config=dict(n_embd=48, n_head=3, n_layer=2, n_positions=64, activation_function="gelu_new"),
        dtype=torch.bfloat16, masks=True, std=0.2, prompt=SHORT,
        tokenizer=tiny_tokenizer.save_one_file_as_before,
    ),
}


def configuration(given: dict, dtype: torch.dtype) -> dict:
    """config.json with the keys that GPT-2's own has on the hub."""
    end = tiny_tokenizer.SIZE - 1
    return {
        "architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "vocab_size": tiny_tokenizer.SIZE,
        "n_ctx": given["n_positions"], "layer_norm_epsilon": 1e-5, "initializer_range": 0.02,
        "attn_pdrop": 0.1, "embd_pdrop": 0.1, "resid_pdrop": 0.1, "bos_token_id": end, "eos_token_id": end,
        "torch_dtype": str(dtype).removeprefix("torch."), **given,
    }


def random_weights(config: dict, std: float, seed: int) -> dict[str, torch.Tensor]:
    """Matrices, biases and embeddings normal; norm weights around one. Only the names come from transformers."""
    draw = torch.Generator().manual_seed(seed)
    weights = {}
    for name, p in GPT2LMHeadModel(GPT2Config(**config)).named_parameters():
        noise = torch.randn(p.shape, generator=draw)
        is_norm = ".ln_" in name and name.endswith("weight")
        spread = 0.3 if p.dim() == 2 and ("wte" in name or "lm_head" in name) else std
        weights[name] = 1 + 0.2 * noise if is_norm else spread * noise
    return weights


def masks(config: dict) -> dict[str, torch.Tensor]:
    """What old files carry beside the parameters: a causal mask per layer (bool, or f32) and a large negative."""
    square = torch.ones(config["n_positions"], config["n_positions"]).tril()[None, None]
    kept = {}
    for layer in range(config["n_layer"]):
        kept[f"transformer.h.{layer}.attn.bias"] = square.bool() if layer % 2 == 0 else square.clone()
        kept[f"transformer.h.{layer}.attn.masked_bias"] = torch.tensor(-1e4)
    return kept


def write_checkpoint(name: str, spec: dict, seed: int) -> None:
    folder = GOLDEN / name
    folder.mkdir(parents=True, exist_ok=True)
    config = configuration(spec["config"], spec["dtype"])
    stored = {k: v.to(spec["dtype"]) for k, v in random_weights(config, spec["std"], seed).items()}
    stored |= masks(config) if spec.get("masks") else {}
    prefix = spec.get("prefix", "")
    renamed = {k.replace("transformer.", prefix, 1): v.contiguous() for k, v in stored.items()}
    save_file(renamed, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    save_tokenizer = spec.get("tokenizer", tiny_tokenizer.save_one_file)
    save_tokenizer(tiny_tokenizer.train(), folder)


def load(name: str) -> GPT2LMHeadModel:
    """The model as transformers reads it from the folder, in f32."""
    model, notes = AutoModelForCausalLM.from_pretrained(
        GOLDEN / name, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    assert not notes["missing_keys"], notes
    return model.eval()


def write_expected(name: str, spec: dict, seed: int) -> bool:
    """Golden logits and greedy ids of the folder as it is; False where the greedy choice was too close."""
    model, tokenizer = load(name), tiny_tokenizer.train()
    ids = tokenizer.encode(spec["prompt"]).ids
    logits_of = lambda sequence: model(torch.tensor([sequence])).logits[0]
    new, margins = greedy(logits_of, ids, min(NEW_TOKENS, model.config.n_positions - len(ids)))
    if min(margins) < LEAST_MARGIN or len(set(new)) < LEAST_DISTINCT:
        return False
    about = origin("checkpoints.py", seed=seed)
    arrays = {"ids": torch.tensor(ids, dtype=torch.int32), "logits": logits_of(ids)}
    write_arrays(GOLDEN / name / "expected.safetensors", arrays, about)
    write_json(GOLDEN / name / "expected.json", {
        **about, "prompt": spec["prompt"], "ids": ids, "greedy": new, "margins": margins,
        "leastMargin": min(margins), "text": tokenizer.decode(new, skip_special_tokens=False),
    })
    return True


if __name__ == "__main__":
    for name, spec in CHECKPOINTS.items():
        seed = 1
        write_checkpoint(name, spec, seed)
        while not write_expected(name, spec, seed):
            seed += 1
            write_checkpoint(name, spec, seed)
