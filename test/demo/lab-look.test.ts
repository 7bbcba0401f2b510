import { afterEach, expect, test } from "vitest";
import { page as view } from "vitest/browser";
import { PANELS } from "../../demo/lab/panels";
import { answered, mountLab } from "./lab-mount";
import { click } from "./mount";
import { serious } from "./serious";

afterEach(() => document.documentElement.removeAttribute("style"));

/** Both themes and both widths in each language, every pair of them once. */
const SIGHTS = {
  en: [
    [1180, "light"],
    [360, "dark"],
  ],
  "pt-BR": [
    [1180, "dark"],
    [360, "light"],
  ],
} as const;

for (const [language, sights] of Object.entries(SIGHTS)) {
  test(`axe finds nothing serious, and nothing is wider than the page, in ${language}`, {
    timeout: 120_000,
  }, async () => {
    await mountLab(PANELS, `?lang=${language}`);
    for (const { key } of PANELS) await answered(key);
    await click("#model-own");
    for (const [width, scheme] of sights) {
      await view.viewport(width, 800);
      document.documentElement.style.colorScheme = scheme;
      expect(await serious(), `${scheme}, ${width} px`).toEqual([]);
      expect(document.documentElement.scrollWidth, `${width} px`).toBeLessThanOrEqual(width);
    }
    document.documentElement.style.fontSize = "200%";
    expect(document.documentElement.scrollWidth, "letters twice as large on a phone").toBeLessThanOrEqual(360);
  });
}
