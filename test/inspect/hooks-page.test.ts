import { expect, test } from "vitest";
import { hooksPage } from "../../tools/hooks-page";
import { HOOKS } from "../../worker/inspect/names";

test("docs/hooks.md is THE LIST (npm run docs writes it)", async () => {
  await expect(hooksPage(HOOKS)).toMatchFileSnapshot("../../docs/hooks.md");
});
