"""What transformers writes with the embedded model: 60 greedy ids for five prompts.

    python tools/golden/embedded.py          (again whenever demo/public/model changes)

The weights are read as f32. A prompt is `<|endoftext|>`, after which a document begins, and the ids of its text. The
best id is taken at every step, also when it is `<|endoftext|>`.
"""

import hashlib

import torch
from tokenizers import Tokenizer
from transformers import GPT2LMHeadModel

from common import GOLDEN, greedy, origin, write_json

MODEL = GOLDEN.parents[1] / "demo" / "public" / "model"
COUNT = 60
PROMPTS = [
    "Once upon a time",
    "The little rabbit",
    "One day, a girl named Lily",
    '"What is the matter?" asked',
    "The old fox said,",
]

if __name__ == "__main__":
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    model = GPT2LMHeadModel.from_pretrained(MODEL, dtype=torch.float32).eval()
    prompts = []
    for text in PROMPTS:
        ids = [tokenizer.token_to_id("<|endoftext|>"), *tokenizer.encode(text).ids]
        new, margins = greedy(lambda row: model(torch.tensor([row])).logits[0], ids, COUNT)
        written = tokenizer.decode(new, skip_special_tokens=False)
        prompts.append({"prompt": text, "promptIds": ids, "ids": new, "text": written, "margins": margins,
                        "leastMargin": min(margins)})
        print(f"least margin {min(margins)}: {text}{prompts[-1]['text']}")
    write_json(GOLDEN / "embedded-greedy.json", {
        **origin("embedded.py"), "modelSha256": hashlib.sha256((MODEL / "model.safetensors").read_bytes()).hexdigest(),
        "greedy": prompts,
    })
