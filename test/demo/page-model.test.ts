import { beforeEach, expect, test } from "vitest";
import { userEvent, page as view } from "vitest/browser";
import type { GPT, loadModel } from "../../src/index";
import { soon } from "../helpers/soon";
import { fakeGPT } from "./fake";
import { $, click, EMBEDDED, mount } from "./mount";

beforeEach(() => view.viewport(1180, 860));

interface Load {
  source: unknown;
  signal: AbortSignal | undefined;
  end(model: GPT | Error): void;
}

/** A loader whose loads end when the test says so, or are given up. */
function loadsByHand() {
  const loads: Load[] = [];
  const load = (source: unknown, { signal }: { signal?: AbortSignal } = {}) =>
    new Promise<GPT>((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason));
      const end = (model: GPT | Error) => (model instanceof Error ? reject(model) : resolve(model));
      loads.push({ source, signal, end });
    });
  return { loads, load: load as unknown as typeof loadModel };
}

const openOwn = async (address: string) => {
  await userEvent.fill($("#address"), address);
  await click("#load");
};

test("where another model took the first one's place and does not come, the first one is loaded after all", async () => {
  const { loads, load } = loadsByHand();
  await mount(load);
  await openOwn("nobody/nothing");
  loads.at(-1)?.end(new Error("No config.json there: the server answered 404."));
  await soon(() =>
    expect(loads.map(({ source }) => source)).toEqual([EMBEDDED.source, "nobody/nothing", EMBEDDED.source]),
  );
  expect($("#model-problem").textContent).toContain("404");
  await openOwn("somebody/large");
  await click("#cancel");
  await soon(() => expect(loads.slice(3).map(({ source }) => source)).toEqual(["somebody/large", EMBEDDED.source]));
  loads.at(-1)?.end(fakeGPT());
  await soon(() => expect($("#facts").textContent).toContain("the story model"));
});

test("a new try clears the error of the one before, and another model's load the offer to try again", async () => {
  const { loads, load } = loadsByHand();
  const { ready } = await mount(load);
  loads[0]?.end(new Error("The server answered 500."));
  await ready;
  await click("#problem .link");
  await soon(() => expect(loads).toHaveLength(2));
  expect($("#problem").textContent).toBe("");
  loads[1]?.end(new Error("The server answered 500."));
  await soon(() => expect($("#problem").textContent).toContain("500"));
  await openOwn("somebody/mine");
  await soon(() => expect(loads).toHaveLength(3));
  expect($("#problem").textContent).toBe("");
});
