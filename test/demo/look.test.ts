import { afterEach, expect, test } from "vitest";
import { cdp, page as view } from "vitest/browser";
import { loadModel } from "../../src/index";
import { soon } from "../helpers/soon";
import { fakeGPT, fakeLoad, token } from "./fake";
import { $, click, mount, nth, tokens } from "./mount";
import { serious } from "./serious";

/** Every way a page can be seen: both themes, wide and as narrow as a small phone. */
const SIGHTS = (["light", "dark"] as const).flatMap((scheme) => [1180, 360].map((width) => ({ scheme, width })));
const said = Array.from({ length: 60 }, (_, i) => token(i % 20 === 19 ? "\n" : ` word${i}`, i % 10, i));

afterEach(() => document.documentElement.removeAttribute("style"));

const see = async (scheme: string, width: number) => {
  document.documentElement.style.colorScheme = scheme;
  await view.viewport(width, 800);
};

for (const { scheme, width } of SIGHTS) {
  test(`axe finds nothing serious, ${scheme}, ${width} px wide`, async () => {
    await see(scheme, width);
    const failing = fakeLoad((source) => (source === "a/b" ? new Error("No config.json there.") : fakeGPT({ said })));
    await (await mount(failing)).ready;
    expect(await serious(), "before writing").toEqual([]);
    await click("#go");
    await soon(() => expect($("#note").textContent).toContain("Seed"));
    nth(9).focus();
    expect($("#answer").hidden).toBe(false);
    expect(await serious(), "with a token asked").toEqual([]);
    await click(".more > summary");
    await click("#inside > summary");
    $<HTMLInputElement>("#address").value = "a/b";
    await click("#load");
    await soon(() => expect($("#model-problem").textContent).not.toBe(""));
    expect(await serious(), "with everything open").toEqual([]);
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(width);
  });
}

test("text keeps AA contrast on the fullest amber, in both themes", async () => {
  await (await mount(fakeLoad(() => fakeGPT({ said: [token(" lantern", 20)] })))).ready;
  await click("#go");
  await soon(() => expect(tokens()).toHaveLength(1));
  for (const scheme of ["light", "dark"]) {
    await see(scheme, 1180);
    const { color, backgroundColor } = getComputedStyle($(".t mark"));
    const paper = getComputedStyle(document.body).backgroundColor;
    expect(contrast(painted(color), painted(paper, backgroundColor)), scheme).toBeGreaterThan(4.5);
    const answer = getComputedStyle($("#answer")).backgroundColor;
    const soft = getComputedStyle($("#note")).color;
    expect(contrast(painted(soft), painted(answer)), `${scheme}, soft on card`).toBeGreaterThan(4.5);
  }
});

test("how far a load has come is seen in the system's colours, too", async () => {
  const step = { phase: "download" as const, loaded: 1, total: 2, rate: 1 };
  await mount(fakeLoad(() => fakeGPT(), [step], 60_000));
  const browser = cdp() as unknown as { send(method: string, asked: object): Promise<void> };
  const forced = (value: string) =>
    browser.send("Emulation.setEmulatedMedia", { features: [{ name: "forced-colors", value }] });
  await forced("active");
  try {
    expect(matchMedia("(forced-colors: active)").matches).toBe(true);
    const [page, bar] = ["body", "#loading progress"].map((each) => getComputedStyle($(each)).backgroundColor);
    expect(bar).not.toBe(page);
  } finally {
    await forced("none");
  }
});

test("a picture of the page after generating shows ink, paper, and amber where the model was surprised", async () => {
  await see("light", 1180);
  await (await mount(loadModel, "#seed=11")).ready;
  await click("#go");
  await soon(() => expect($("#note").textContent).toContain("Seed"));
  const picture = await photograph();
  const marks = tokens()
    .map((t) => ({ s: Number(t.style.getPropertyValue("--s")), box: t.querySelector("mark")?.getClientRects()[0] }))
    .filter(({ box }) => box && box.width > 12)
    .sort((a, b) => b.s - a.s);
  const [most, least] = [marks[0], marks.at(-1)];
  if (!most?.box || !least?.box) throw new Error("no words on the page");
  expect(picture.amber(most.box) - picture.amber(least.box)).toBeGreaterThan(20);
  const story = $("#story").getBoundingClientRect();
  expect(picture.dark(story)).toBeGreaterThan(0.02);
  expect(picture.dark(story)).toBeLessThan(0.4);
  // The rail beside the text is not under it.
  expect($("aside").getBoundingClientRect().left).toBeGreaterThan(story.right);
});

test("letters twice as large, as a reader may set them, are so everywhere, and fit a phone", async () => {
  await see("light", 360);
  await (await mount(fakeLoad(() => fakeGPT({ said })))).ready;
  await click("#go");
  await soon(() => expect($("#note").textContent).toContain("Seed"));
  await click(".more > summary");
  await click("#inside > summary");
  nth(9).focus();
  const sizes = () =>
    [".t", "#answer", "#facts dd", "#note", "label"].map((each) =>
      Number.parseFloat(getComputedStyle($(each)).fontSize),
    );
  const [, ...before] = sizes();
  document.documentElement.style.fontSize = "200%";
  const [story = 0, ...after] = sizes();
  expect(after).toEqual(before.map((size) => 2 * size));
  expect(story).toBeGreaterThan(30);
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
});

type RGB = readonly [number, number, number];

/** These colours, one over the other, as the screen has them. */
function painted(...colors: string[]): RGB {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d");
  if (!canvas) throw new Error("no canvas");
  for (const color of colors) {
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
  }
  const [r = 0, g = 0, b = 0] = canvas.getImageData(0, 0, 1, 1).data;
  return [r, g, b];
}

/** Contrast ratio of WCAG 2.2. */
function contrast(a: RGB, b: RGB): number {
  const luminance = (rgb: RGB) => {
    const [r = 0, g = 0, b = 0] = rgb.map((c) =>
      c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

async function photograph() {
  const base64 = await view.screenshot({ base64: true, save: false });
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes]));
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  if (!canvas) throw new Error("no canvas");
  canvas.drawImage(image, 0, 0);
  const scale = image.width / document.documentElement.clientWidth;
  const pixels = ({ left, top, width, height }: DOMRect): RGB[] => {
    const { data } = canvas.getImageData(left * scale, top * scale, width * scale, height * scale);
    return Array.from({ length: data.length / 4 }, (_, i) => [
      data[4 * i] ?? 0,
      data[4 * i + 1] ?? 0,
      data[4 * i + 2] ?? 0,
    ]);
  };
  const mean = (numbers: number[]) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
  return {
    /** How much redder than blue the box is. */
    amber: (box: DOMRect) => mean(pixels(box).map(([r, , b]) => r - b)),
    /** Which share of the box is ink. */
    dark: (box: DOMRect) => mean(pixels(box).map(([r, g, b]) => (r + g + b < 300 ? 1 : 0))),
  };
}
