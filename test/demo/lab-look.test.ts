import { afterEach, expect, test } from "vitest";
import { page as view } from "vitest/browser";
import { PANELS } from "../../demo/lab/panels";
import { answered, mountLab } from "./lab-mount";
import { click } from "./mount";
import { serious } from "./serious";

afterEach(() => document.documentElement.style.removeProperty("color-scheme"));

for (const language of ["en", "pt-BR"]) {
  test(`axe finds nothing serious, and nothing is wider than the page, in ${language}`, async () => {
    await mountLab(PANELS, `?lang=${language}`);
    for (const { key } of PANELS) await answered(key);
    await click("#model-own");
    for (const width of [1180, 360]) {
      await view.viewport(width, 800);
      for (const scheme of ["light", "dark"]) {
        document.documentElement.style.colorScheme = scheme;
        expect(await serious(), `${scheme}, ${width} px`).toEqual([]);
      }
      expect(document.documentElement.scrollWidth, `${width} px`).toBeLessThanOrEqual(width);
    }
  });
}
