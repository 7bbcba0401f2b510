import { mkdirSync } from "node:fs";
import { type Browser, type Page, chromium as playwright } from "playwright";
import { createServer } from "vite";
import { chromium } from "./browser.ts";

/** Pictures of the demo in its states, light and dark, wide and narrow, into `screenshots/`. */

const FOLDER = "screenshots";
const WIDE = { width: 1180, height: 860 };
const NARROW = { width: 360, height: 740 };
const PROMPT = "#seed=11";

interface Shot {
  name: string;
  /** Leads the page into the state. */
  go(page: Page): Promise<void>;
  whole?: boolean;
  /** Over a slow connection. */
  slow?: boolean;
  /** Of the lab, in this language. */
  lab?: "en" | "pt-BR";
}

const ready = (page: Page) => page.locator("#facts dl").waitFor({ timeout: 60_000 });
const written = async (page: Page) => {
  await ready(page);
  await page.locator("#go").click();
  await page.locator("#note:not(:empty)").waitFor({ timeout: 60_000 });
};

/** The whole lab: every panel has come into sight once, and all have drawn. */
const drawn = async (page: Page) => {
  await page.locator("#model-facts:not(:empty)").waitFor({ timeout: 60_000 });
  for (const panel of await page.locator(".panel").all()) {
    await panel.scrollIntoViewIfNeeded();
    await panel.locator(".answer:not(:empty)").waitFor({ timeout: 60_000 });
  }
  await page.keyboard.press("Home");
};

const SHOTS: readonly Shot[] = [
  { name: "lab-en", lab: "en", go: drawn, whole: true },
  { name: "lab-pt", lab: "pt-BR", go: drawn, whole: true },
  {
    name: "loading",
    slow: true,
    async go(page) {
      await page.locator("progress").waitFor();
      await page.waitForTimeout(1500);
    },
  },
  { name: "start", go: ready },
  {
    name: "writing",
    async go(page) {
      await ready(page);
      await page.locator("#go").click();
      await page.locator(".t").nth(30).waitFor();
    },
  },
  { name: "written", go: written, whole: true },
  {
    name: "asked",
    async go(page) {
      await written(page);
      await page.locator(".t").nth(12).click();
      await page.keyboard.press("ArrowRight");
    },
  },
  {
    name: "more",
    whole: true,
    async go(page) {
      await written(page);
      await page.locator(".more > summary").click();
      await page.locator("#inside > summary").click();
    },
  },
  {
    name: "error",
    whole: true,
    async go(page) {
      await written(page);
      await page.locator("#address").fill("./nothing-here/");
      await page.locator("#load").click();
      await page.locator("#model-problem:not(:empty)").waitFor({ timeout: 60_000 });
      await page.locator("#model-problem").scrollIntoViewIfNeeded();
    },
  },
];

/** A connection of 4 MB/s, so that loading can be seen. */
async function slowWeights(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const conditions = { offline: false, latency: 20, downloadThroughput: 4e6, uploadThroughput: -1 };
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", conditions);
}

async function shoot(browser: Browser, url: string, shot: Shot): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const [size, viewport] of Object.entries({ wide: WIDE, narrow: NARROW })) {
      const context = await browser.newContext({
        viewport,
        colorScheme,
        reducedMotion: "reduce",
        deviceScaleFactor: 1.5,
      });
      const page = await context.newPage();
      if (shot.slow) await slowWeights(page);
      page.on("pageerror", (error) => console.error(`${shot.name}: ${error}`));
      await page.goto(shot.lab ? `${url}lab.html?lang=${shot.lab}` : `${url}${PROMPT}`);
      await shot.go(page);
      await page.mouse.move(0, 0);
      await page.screenshot({
        path: `${FOLDER}/${shot.name}-${size}-${colorScheme}.png`,
        fullPage: shot.whole ?? false,
      });
      await context.close();
    }
  }
}

mkdirSync(FOLDER, { recursive: true });
const server = await createServer({ server: { port: 0, host: "127.0.0.1" }, logLevel: "warn" });
await server.listen();
const browser = await playwright.launch({ executablePath: chromium(), args: ["--no-sandbox"] });
try {
  const url = server.resolvedUrls?.local[0] ?? "";
  const wanted = process.env.SHOT?.split(",");
  for (const shot of SHOTS) if (!wanted || wanted.includes(shot.name)) await shoot(browser, url, shot);
} finally {
  await browser.close();
  await server.close();
}
