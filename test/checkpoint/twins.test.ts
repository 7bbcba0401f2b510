import { expect, test } from "vitest";
import { withTwins } from "../../worker/checkpoint/twins";
import type { Checkpoint, OnRows, TensorPlan } from "../../worker/checkpoint/types";

const twins = { first: "a", second: "b", mayDiffer: true, file: "f" };

type Chunk = [name: string, firstRow: number, bytes: number[]];

/** What is handed on of these chunks, `!` where the head is heard to be its own. */
async function handedOn(...chunks: Chunk[]): Promise<string> {
  const read = async (onRows: OnRows) => {
    for (const [name, row, bytes] of chunks) onRows({ name } as TensorPlan, row, Uint8Array.from(bytes));
  };
  let found = "";
  const checkpoint = withTwins({ read } as Partial<Checkpoint> as Checkpoint, twins);
  await checkpoint.read(
    ({ name }, row) => {
      found += name + row;
    },
    () => {
      found += "!";
    },
  );
  return found;
}

test("the second is handed on from the chunk on that differs", async () => {
  const first: Chunk[] = [
    ["a", 0, [1, 2]],
    ["a", 8, [3, 4]],
  ];
  expect(await handedOn(...first, ["c", 0, [0]], ["b", 0, [1, 2]], ["b", 8, [3, 4]])).toBe("a0a8c0");
  expect(await handedOn(...first, ["b", 0, [1, 2]], ["b", 8, [3, 5]])).toBe("a0a8!b8");
  expect(await handedOn(...first, ["b", 0, [0, 2]], ["b", 8, [3, 4]])).toBe("a0a8!b0b8");
});

test("signs that differ, all of them or two, make another tensor, and so does a length", async () => {
  const bytes = (...values: number[]) => [...new Uint8Array(Float32Array.from(values).buffer)];
  const shown = (first: number[], second: number[]) => handedOn(["a", 0, first], ["b", 0, second]);
  expect(await shown(bytes(1, 2, 3, 4), bytes(1, 2, 3, 4))).toBe("a0");
  expect(await shown(bytes(1, 2, 3, 4), bytes(-1, -2, -3, -4))).toBe("a0!b0");
  expect(await shown(bytes(1, 2, 3, 4), bytes(1, -2, 3, -4))).toBe("a0!b0");
  expect(await shown([1, 2], [1, 2, 0, 0])).toBe("a0!b0");
});

test("a file that is read anew after they differed hands on all, the copy made anew", async () => {
  const once: Chunk[] = [
    ["a", 0, [1]],
    ["a", 8, [2]],
    ["b", 0, [1]],
  ];
  expect(await handedOn(...once, ["b", 8, [3]], ...once, ["b", 8, [2]])).toBe("a0a8!b8a0a8!b0b8");
});
