import { expect, test } from "vitest";
import { loadModel } from "../../src/index";
import { writeConstrained } from "../helpers/constrained";

test("under 250 random schemas and 250 random expressions what the embedded model writes validates", async () => {
  using gpt = await loadModel("/demo/public/model/");
  const { ended, completed } = await writeConstrained(gpt, 250, 1);
  console.log(`${ended} of 500 ended by themselves; of the others, cut at 100 tokens, ${completed} were completed`);
  expect(ended).toBeGreaterThan(250);
  expect(ended + completed).toBeGreaterThan(450);
}, 600_000);
