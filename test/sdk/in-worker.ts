/** A page's own worker that loads a model, from an address relative to it. */
import { loadModel } from "../../src/index";

try {
  using gpt = await loadModel("../golden/head26/", { tokenizer: "huggingface" });
  postMessage((await gpt.generate([1], { temperature: 0, maxNewTokens: 3, stopTokens: [] })).ids);
} catch (error) {
  postMessage(String(error));
}
