import { expect, test } from "vitest";
import exported from "../../assembly/index.ts?raw";
import { rows } from "../../bench/rows";

/** Called once a load, or no work at all. */
const ASKED_ONCE = ["attention_scratch_rows", "is_fused", "is_relaxed", "probe_dot", "room_bytes", "set_room"];

test("each kernel has its row in npm run bench:kernels", () => {
  const kernels = [...exported.matchAll(/\{([^}]*)\}/g)].flatMap(([, names = ""]) => names.match(/\w+/g) ?? []);
  expect(kernels.length).toBeGreaterThan(40);
  const measured = new Set(rows.flatMap(({ calls }) => calls(0, 1).map(([kernel]) => kernel)));
  expect(kernels.filter((kernel) => !measured.has(kernel) && !ASKED_ONCE.includes(kernel))).toEqual([]);
});
