"""GPT-2 as an ONNX graph with a key-value cache, tuned by hand for onnxruntime on a CPU.

Only the last position goes through the head, the mask and the positions follow from the cache's length, and attention is plain
products (onnxruntime's GroupQueryAttention is slow in WebAssembly). Inputs and outputs have the names that transformers.js expects.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Graph:
    def __init__(self) -> None:
        self.nodes, self.constants, self.count = [], [], 0

    def constant(self, value: np.ndarray, name: str = "") -> str:
        name = name or f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def op(self, kind: str, *inputs: str, outputs: tuple[str, ...] = (), **attributes) -> str:
        self.count += 1
        outputs = outputs or (f"{kind}_{self.count}",)
        self.nodes.append(helper.make_node(kind, inputs, outputs, name=f"{kind}_{self.count}", **attributes))
        return outputs[0]


def gpt2_onnx(weights: dict[str, np.ndarray], layers: int, heads: int) -> onnx.ModelProto:
    """`weights` by the hub's names, f32, matrices as [in, out]."""
    graph = Graph()
    op, constant = graph.op, graph.constant
    vocab, width = weights["wte.weight"].shape
    size = width // heads
    integer = lambda *values: constant(np.array(values, np.int64))
    scalar = lambda value: constant(np.array(value, np.int64))
    zero, one, axis_1 = scalar(0), scalar(1), integer(1)

    def linear(x: str, name: str) -> str:
        product = op("MatMul", x, constant(weights[f"{name}.weight"], f"{name}.weight"))
        return op("Add", product, constant(weights[f"{name}.bias"], f"{name}.bias"))

    def norm(x: str, name: str) -> str:
        scale, shift = (constant(weights[f"{name}.{kind}"], f"{name}.{kind}") for kind in ("weight", "bias"))
        return op("LayerNormalization", x, scale, shift, axis=-1, epsilon=1e-5)

    def by_head(x: str) -> str:  # [1, T, E] → [1, H, T, D]
        return op("Transpose", op("Reshape", x, integer(0, 0, heads, size)), perm=[0, 2, 1, 3])

    # Positions past … past + T of the queries, 0 … past + T of the keys; a key after its query is masked.
    length = op("Squeeze", op("Shape", "input_ids", start=1, end=2))
    past = op("Squeeze", op("Shape", "past_key_values.0.key", start=2, end=3))
    total = op("Add", past, length)
    positions = op("Range", past, total, one)
    later = op("Less", op("Unsqueeze", positions, axis_1), op("Range", zero, total, one))
    mask = op("Where", later, constant(np.float32(-1e9)), constant(np.float32(0)))  # [T, past + T]

    wte = constant(weights["wte.weight"], "wte.weight")
    wpe = constant(weights["wpe.weight"], "wpe.weight")
    x = op("Add", op("Gather", wte, "input_ids"), op("Gather", wpe, positions))
    root = constant(np.float32(size**-0.5))
    for n in range(layers):
        fused = linear(norm(x, f"h.{n}.ln_1"), f"h.{n}.attn.c_attn")
        query, key, value = (f"h.{n}.{part}" for part in ("query", "key", "value"))
        op("Split", fused, outputs=(query, key, value), axis=2, num_outputs=3)
        keys, values = (
            op("Concat", f"past_key_values.{n}.{kind}", by_head(new), outputs=(f"present.{n}.{kind}",), axis=2)
            for kind, new in (("key", key), ("value", value))
        )
        scores = op("MatMul", op("Mul", by_head(query), root), op("Transpose", keys, perm=[0, 1, 3, 2]))
        pattern = op("Softmax", op("Add", scores, mask), axis=-1)
        mixed = op("Transpose", op("MatMul", pattern, values), perm=[0, 2, 1, 3])
        x = op("Add", x, linear(op("Reshape", mixed, integer(0, 0, width)), f"h.{n}.attn.c_proj"))
        inner = op("Gelu", linear(norm(x, f"h.{n}.ln_2"), f"h.{n}.mlp.c_fc"), approximate="tanh")
        x = op("Add", x, linear(inner, f"h.{n}.mlp.c_proj"))
    last = op("Slice", x, integer(-1), integer(np.iinfo(np.int64).max), axis_1)
    head = constant(weights["wte.weight"].T, "lm_head.weight")
    op("MatMul", norm(last, "ln_f"), head, outputs=("logits",))

    tensor = helper.make_tensor_value_info
    cache = lambda prefix, axis: [
        tensor(f"{prefix}.{n}.{kind}", TensorProto.FLOAT, [1, heads, axis, size]) for n in range(layers) for kind in ("key", "value")
    ]
    inputs = [tensor("input_ids", TensorProto.INT64, [1, "length"]), *cache("past_key_values", "past")]
    outputs = [tensor("logits", TensorProto.FLOAT, [1, 1, vocab]), *cache("present", "total")]
    body = helper.make_graph(graph.nodes, "gpt2", inputs, outputs, graph.constants)
    return helper.make_model(body, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
