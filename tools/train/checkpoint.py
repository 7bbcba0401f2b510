"""Two kinds of files: state.pt, from which a run goes on exactly, and the Hugging Face layout, which others read.

Everything is written to a temporary name and renamed, so a run that is killed leaves the last whole file.
"""
import json
import os
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from data import END
from model import GPT, Config


def replace(path, write):
    """Calls write(temporary path) and renames the result to path."""
    temporary = Path(f"{path}.tmp")
    write(temporary)
    os.replace(temporary, path)


def save_state(path, state):
    replace(path, lambda p: torch.save(state, p))


def load_state(path):
    return torch.load(path, map_location="cpu", weights_only=True)


def is_matrix(name, tensor):
    """GPT-2's files hold the blocks' matrices as [in, out], nn.Linear as [out, in]."""
    return name.startswith("h.") and tensor.dim() == 2


def export(folder, cfg: Config, weights, tokenizer):
    """weights: state_dict of GPT -> a folder as transformers writes it, model.safetensors in f16."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    end = tokenizer.token_to_id(END)
    tensors = {n: (t.T if is_matrix(n, t) else t).contiguous().half() for n, t in weights.items()}
    config = {
        "architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "vocab_size": cfg.vocab_size,
        "n_positions": cfg.context_length, "n_ctx": cfg.context_length, "n_embd": cfg.emb_dim, "n_layer": cfg.n_layers,
        "n_head": cfg.n_heads, "n_inner": None, "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5,
        "tie_word_embeddings": True, "bos_token_id": end, "eos_token_id": end, "torch_dtype": "float16",
        "initializer_range": 0.02, "resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0,
        "scale_attn_weights": True, "use_cache": True,
    }
    replace(folder / "model.safetensors", lambda p: save_file(tensors, p, metadata={"format": "pt"}))
    replace(folder / "config.json", lambda p: p.write_text(json.dumps(config, indent=2) + "\n"))
    generation = {"bos_token_id": end, "eos_token_id": end}
    replace(folder / "generation_config.json", lambda p: p.write_text(json.dumps(generation, indent=2) + "\n"))
    replace(folder / "tokenizer.json", lambda p: tokenizer.save(str(p), pretty=False))


def load_model(folder, drop_rate=0.0):
    """The Hugging Face layout -> (GPT in f32, tokenizer)."""
    folder = Path(folder)
    c = json.loads((folder / "config.json").read_text())
    cfg = Config(c["vocab_size"], c["n_positions"], c["n_embd"], c["n_head"], c["n_layer"], drop_rate)
    tensors = load_file(folder / "model.safetensors")
    model = GPT(cfg)
    model.load_state_dict({n: (t.T if is_matrix(n, t) else t).float() for n, t in tensors.items()})
    return model, Tokenizer.from_file(str(folder / "tokenizer.json"))
