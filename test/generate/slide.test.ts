import fc from "fast-check";
import { expect, test } from "vitest";
import { slideWindow } from "../../worker/generation/slide";

const shapes = fc
  .record({ contextLength: fc.integer({ min: 2, max: 40 }), share: fc.double({ min: 0, max: 0.999, noNaN: true }) })
  .map(({ contextLength, share }) => ({ contextLength, keepPrefix: Math.floor(share * (contextLength - 1)) }));

test("each id more is read at the window's end, until the context is full and the latest half begins a new one", () => {
  fc.assert(
    fc.property(shapes, ({ contextLength, keepPrefix }) => {
      const half = Math.max(1, Math.floor((contextLength - keepPrefix) / 2));
      let window = Array.from({ length: contextLength }, (_, id) => id);
      for (let length = contextLength + 1; length < 5 * contextLength; length++) {
        const ids = Array.from({ length }, (_, id) => id);
        const fresh = [...ids.slice(0, keepPrefix), ...ids.slice(-half)];
        window = window.length < contextLength ? [...window, length - 1] : fresh;
        expect(slideWindow(ids, keepPrefix, contextLength)).toEqual(window);
      }
    }),
  );
});
