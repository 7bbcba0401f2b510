import { expect, test } from "vitest";

const next = (worker: Worker) =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = reject;
  });

test("both backends load and answer inside a module worker", async () => {
  const worker = new Worker(new URL("./in-worker.ts", import.meta.url), { type: "module" });
  expect(await next(worker)).toBe("ready");
  worker.postMessage("The owl\uFEFF said: é 🫠 ?");
  const [rust, light] = (await next(worker)) as [object, object];
  expect(rust).toMatchObject({ text: "The owl\uFEFF said: é 🫠 ?" });
  expect(light).toEqual(rust);
  worker.terminate();
});
