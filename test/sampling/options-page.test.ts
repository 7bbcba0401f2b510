import { expect, test } from "vitest";
import { optionsPage } from "../../tools/options-table";
import docstrings from "../../worker/sampling/generate-options.ts?raw";
import { NOTES } from "../../worker/sampling/option-notes";
import { OPTIONS } from "../../worker/sampling/option-table";
import { ORDER } from "../../worker/sampling/stages";

test("docs/options.md is what the table says (npm run docs writes it)", async () => {
  await expect(optionsPage({ options: OPTIONS, notes: NOTES, order: ORDER, docstrings })).toMatchFileSnapshot(
    "../../docs/options.md",
  );
});
