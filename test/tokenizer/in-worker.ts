/** Where the tokenizer really runs: a module worker. Answers a text's ids and their text again, by each backend. */
import { createTokenizer } from "../../worker/tokenizer/tokenizer";
import { backends, demo } from "./vocabularies";

addEventListener("message", async ({ data: text }: MessageEvent<string>) => {
  const answers = backends.map(async (backend) => {
    const tokenizer = await createTokenizer(demo, backend);
    const ids = tokenizer.encode(text);
    return { ids, text: tokenizer.decode(ids) };
  });
  postMessage(await Promise.all(answers));
});
postMessage("ready");
