"""llama.cpp outside the browser, on the files and prompts of `npm run bench:peers`, so that both stand on one machine:

    pip install llama-cpp-python && python bench/peers/native.py

llama.cpp is compiled for this machine's own instructions. ROUNDS (3), THREADS (1,2)
"""

import os
import statistics
import time
from pathlib import Path

import llama_cpp as llama
import numpy as np

MODELS = Path(__file__).parent / "models"
VOCABULARY = 50257
NEW = 24
QUIET = llama.llama_log_callback(lambda *_: None)  # held, for llama.cpp keeps only its address


def measure(path: Path, threads: int) -> dict[str, float]:
    """The figures of page.ts, in tokens per second."""
    settings = llama.llama_context_default_params()
    settings.n_ctx, settings.n_batch, settings.n_ubatch = 1024, 512, 512
    settings.n_threads = settings.n_threads_batch = threads
    model = llama.llama_model_load_from_file(str(path).encode(), llama.llama_model_default_params())
    context = llama.llama_init_from_model(model, settings)
    memory = llama.llama_get_memory(context)

    def read(ids: list[int]) -> int:
        tokens = (llama.llama_token * len(ids))(*ids)
        if llama.llama_decode(context, llama.llama_batch_get_one(tokens, len(ids))) != 0:
            raise RuntimeError(f"llama_decode failed on {len(ids)} ids of {path.name}")
        return int(np.argmax(np.ctypeslib.as_array(llama.llama_get_logits_ith(context, -1), (VOCABULARY,))))

    def text(salt: int, length: int, count: int) -> tuple[float, float]:
        llama.llama_memory_clear(memory, True)
        started = time.perf_counter()
        last = read([(salt * 7919 + i * 104729) % VOCABULARY for i in range(length)])
        first = time.perf_counter()
        for _ in range(count - 1):
            last = read([last])
        rest = time.perf_counter() - first
        return length / (first - started), (count - 1) / rest

    text(1, 16, 8)  # warm
    _, decode16 = text(2, 16, 1 + NEW)
    prefill128, _ = text(3, 128, 1)
    prefill512, decode512 = text(4, 512, 1 + NEW)
    llama.llama_free(context)
    llama.llama_model_free(model)
    return {"prefill 128": prefill128, "prefill 512": prefill512, "decode after 16": decode16, "after 512": decode512}


def main() -> None:
    rounds = int(os.environ.get("ROUNDS", "3"))
    counts = [int(count) for count in os.environ.get("THREADS", "1,2").split(",")]
    llama.llama_log_set(QUIET, None)
    print(llama.llama_print_system_info().decode())
    for path in sorted(MODELS.glob("*.gguf")):
        runs = {count: [measure(path, count) for _ in range(rounds)] for count in counts}
        for figure in runs[counts[0]][0]:
            values = " / ".join(f"{statistics.median(run[figure] for run in runs[count]):.1f}" for count in counts)
            print(f"{path.stem:6} {figure:16} {values}")


if __name__ == "__main__":
    main()
