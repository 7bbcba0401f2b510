"""Four tiny GPT-2 checkpoints as GGUF, as llama.cpp's converter writes them, each with the logits of its own numbers.

    python tools/golden/gguf_files.py

`tied.gguf`: matrices in Q8_0, no `output.weight`. `untied.gguf`: in Q4_0, the embedding in F16, the query, key and
value in BF16, and an `output.weight` of its own in Q8_0. `pure.gguf`: in Q4_0, the embedding too. `older.gguf`: in Q4_1, Q5_0 and Q5_1. Vectors and the position embedding are F32, as ever.
The logits are transformers', in f32, with the weights that gguf-py reads back from the file.
"""

import json

import gguf
import numpy as np
import torch
from transformers import GPT2Config, GPT2LMHeadModel

import tiny_tokenizer
from common import GOLDEN, greedy, origin, write_arrays, write_json

Type, Token = gguf.GGMLQuantizationType, gguf.TokenType
CONFIG = dict(n_embd=64, n_head=4, n_layer=2, n_inner=96, n_positions=48, vocab_size=304, activation_function="gelu_new",
              layer_norm_epsilon=1e-4)
PROMPT, NEW_TOKENS, LEAST_MARGIN = "There was a little owl", 20, 0.01

# our name → GGUF's (gguf-py, constants.py: MODEL_TENSORS[GPT2])
NAMES = {"transformer.wte": "token_embd", "transformer.wpe": "position_embd", "transformer.ln_f": "output_norm",
         "lm_head": "output", "ln_1": "attn_norm", "ln_2": "ffn_norm", "attn.c_attn": "attn_qkv",
         "attn.c_proj": "attn_output", "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down"}

FILES = {
    "tied": dict(tied=True, types={"": Type.Q8_0}),
    "untied": dict(tied=False, types={"token_embd": Type.F16, "attn_qkv": Type.BF16, "output.": Type.Q8_0, "": Type.Q4_0}),
    "pure": dict(tied=True, types={"": Type.Q4_0}),
    "older": dict(tied=True, types={"token_embd": Type.Q5_1, "attn_qkv": Type.Q5_0, "": Type.Q4_1}),
}


def gguf_name(name: str) -> str:
    module, _, kind = name.rpartition(".")
    if module in NAMES:
        return f"{NAMES[module]}.{kind}"
    _, _, layer, rest = module.split(".", 3)
    return f"blk.{layer}.{NAMES[rest]}.{kind}"


def type_of(name: str, array: np.ndarray, types: dict) -> Type:
    if array.ndim == 1 or name.startswith("position_embd"):
        return Type.F32
    return next(kind for part, kind in types.items() if part in name)


def is_conv1d(name: str) -> bool:
    return any(part in name for part in ("c_attn", "c_proj", "c_fc")) and name.endswith("weight")


def write(path, model: GPT2LMHeadModel, spec: dict) -> None:
    writer = gguf.GGUFWriter(path, "gpt2")
    writer.add_block_count(CONFIG["n_layer"])
    writer.add_context_length(CONFIG["n_positions"])
    writer.add_embedding_length(CONFIG["n_embd"])
    writer.add_feed_forward_length(CONFIG["n_inner"])
    writer.add_head_count(CONFIG["n_head"])
    writer.add_layer_norm_eps(CONFIG["layer_norm_epsilon"])
    tokenizer = tiny_tokenizer.train()
    tokens = [tokenizer.id_to_token(i) for i in range(tiny_tokenizer.SIZE)]
    padding = [f"[PAD{i}]" for i in range(tiny_tokenizer.SIZE, CONFIG["vocab_size"])]
    types = [Token.NORMAL] * (len(tokens) - 1) + [Token.CONTROL] + [Token.UNUSED] * len(padding)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens + padding)
    writer.add_token_types(types)
    writer.add_token_merges([" ".join(pair) for pair in tokenizer_merges(tokenizer)])
    writer.add_bos_token_id(tiny_tokenizer.SIZE - 1)
    writer.add_eos_token_id(tiny_tokenizer.SIZE - 1)
    for name, parameter in model.named_parameters():
        array = (parameter.T if is_conv1d(name) else parameter).contiguous().numpy()
        kind = type_of(gguf_name(name), array, spec["types"])
        writer.add_tensor(gguf_name(name), gguf.quantize(array, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def tokenizer_merges(tokenizer) -> list[list[str]]:
    return json.loads(tokenizer.to_str())["model"]["merges"]


def read_back(path, model: GPT2LMHeadModel) -> None:
    """The file's numbers, unpacked by gguf-py, into the model."""
    stored = {t.name: gguf.dequantize(t.data, t.tensor_type) for t in gguf.GGUFReader(path).tensors}
    for name, parameter in model.named_parameters():
        array = torch.tensor(np.array(stored[gguf_name(name)]), dtype=torch.float32)
        array = array.reshape(parameter.T.shape if is_conv1d(name) else parameter.shape)
        parameter.copy_(array.T if is_conv1d(name) else array)


def make(name: str, spec: dict, seed: int) -> bool:
    config = GPT2Config(**CONFIG, tie_word_embeddings=spec["tied"], attn_implementation="eager")
    torch.manual_seed(seed)
    model = GPT2LMHeadModel(config).eval()
    for key, parameter in model.named_parameters():
        norm = ".ln_" in key and key.endswith("weight")
        spread = 0.3 if "wte" in key or "lm_head" in key else 0.2
        parameter.copy_(torch.randn(parameter.shape) * spread + norm)
    path = GOLDEN / "gguf" / f"{name}.gguf"
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, model, spec)
    read_back(path, model)
    ids = tiny_tokenizer.train().encode(PROMPT).ids
    logits_of = lambda sequence: model(torch.tensor([sequence])).logits[0]
    new, margins = greedy(logits_of, ids, NEW_TOKENS)
    if min(margins) < LEAST_MARGIN:
        return False
    about = origin("gguf_files.py", seed=seed)
    write_arrays(GOLDEN / "gguf" / f"{name}.safetensors", {"logits": logits_of(ids)}, about)
    write_json(GOLDEN / "gguf" / f"{name}.json", {**about, "prompt": PROMPT, "ids": ids, "greedy": new, "margins": margins})
    return True


if __name__ == "__main__":
    for name, spec in FILES.items():
        seed = 1
        while not make(name, spec, seed):
            seed += 1
