import { VALUE_BLOCK } from "./kv_store";
import { F16_LIFT, F16_MASK, at, held, lifted, lower, madd, roundup8, store8, upper } from "./lanes";
import { softmax } from "./softmax";

/**
 * Attention of one row (attention.ts), whose keys and values are read for it alone: what a head has of them is soon read, so four heads side
 * by side are four streams four times as long. (Zen 5, 160 positions: 0.64 → 0.46 ms a token.) Where fewer are left, the last is done
 * again. headDim % 8 == 0. The bits of a head alone.
 */
export function one_row<E>(
  z: usize, scratch: usize, headScratch: usize, q: usize, kCache: usize, vCache: usize,
  sharing: i32, headDim: i32, capacity: i32, position: i32, scale: f32, begin: i32, end: i32
): void {
  const width = roundup8(position + 1), row = <usize>headDim << 2, headBytes = <usize>capacity * <usize>headDim * sizeof<E>();
  for (let h = begin; h < end; h += 4) {
    const last = min(h + 3, end - 1), h1 = min(h + 1, last), h2 = min(h + 2, last);
    const c0 = at(0, h / sharing, headBytes), c1 = at(0, h1 / sharing, headBytes), c2 = at(0, h2 / sharing, headBytes), c3 = at(0, last / sharing, headBytes);
    const z0 = at(z, h, row), z1 = at(z, h1, row), z2 = at(z, h2, row), z3 = at(z, last, row);
    const s0 = at(scratch, h, headScratch), s1 = at(scratch, h1, headScratch), s2 = at(scratch, h2, headScratch), s3 = at(scratch, last, headScratch);

    for (let i = h; i <= last; i++) {
      lift<E>(at(z, i, row), at(q, i, row), row, F16_LIFT); // z has room for it until the values come
      memory.fill(at(scratch, i, headScratch), 0, <usize>width << 2);
    }
    for (let keys = kCache, s: usize = 0; s < <usize>width << 2; s += 32, keys += row * 2 * sizeof<E>()) {
      four_streams<E>(s0 + s, s1 + s, s2 + s, s3 + s, z0, z1, z2, z3, keys + c0, keys + c1, keys + c2, keys + c3, headDim);
    }

    for (let i = h; i <= last; i++) {
      const scores = at(scratch, i, headScratch);
      finish<E>(scores, width, position + 1, scale);
      softmax(scores, scores, width, 0, 1);
      lift<E>(scores, scores, <usize>width << 2, F16_LIFT * F16_LIFT);
      memory.fill(at(z, i, row), 0, row);
    }
    for (let values = vCache, from = 0; from <= position; from += VALUE_BLOCK) {
      const depth = min(VALUE_BLOCK, position + 1 - from), s = <usize>from << 2;
      for (let i: usize = 0; i < row; i += 32, values += <usize>VALUE_BLOCK * 8 * sizeof<E>()) {
        four_streams<E>(z0 + i, z1 + i, z2 + i, z3 + i, s0 + s, s1 + s, s2 + s, s3 + s, values + c0, values + c1, values + c2, values + c3, depth);
      }
    }
  }
}

/** Products to scores: scaled, and -infinity where positions are not seen. */
export function finish<E>(scores: usize, width: i32, seen: i32, scale: f32): void {
  const factor = f32x4.splat(isFloat<E>() ? scale : scale * F16_LIFT);
  for (let i: usize = 0; i < <usize>width << 2; i += 16) v128.store(scores + i, f32x4.mul(v128.load(scores + i), factor));
  for (let s = seen; s < width; s++) store<f32>(scores + (<usize>s << 2), -Infinity);
}

/** Where the elements are f16, a factor of their products takes what these lack (lanes.ts). */
function lift<E>(to: usize, x: usize, bytes: usize, by: f32): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, lifted<E>(v128.load(x + i), f32x4.splat(by)));
}

/** Four rows of x, each times a panel of its own, are added to eight outputs each. Of pointers that are the same, all store the same bits. */
function four_streams<E>(
  y0: usize, y1: usize, y2: usize, y3: usize, x0: usize, x1: usize, x2: usize, x3: usize, w0: usize, w1: usize, w2: usize, w3: usize, K: i32
): void {
  const mask = held(F16_MASK, K);
  let low0 = v128.load(y0), low1 = v128.load(y1), low2 = v128.load(y2), low3 = v128.load(y3);
  let high0 = v128.load(y0, 16), high1 = v128.load(y1, 16), high2 = v128.load(y2, 16), high3 = v128.load(y3, 16);
  for (let k: usize = 0, bytes = <usize>K << 2; k < bytes; k += 4) {
    let v = v128.load32_splat(x0 + k);
    low0 = madd(v, lower<E>(w0, mask), low0);
    high0 = madd(v, upper<E>(w0, mask), high0);
    v = v128.load32_splat(x1 + k);
    low1 = madd(v, lower<E>(w1, mask), low1);
    high1 = madd(v, upper<E>(w1, mask), high1);
    v = v128.load32_splat(x2 + k);
    low2 = madd(v, lower<E>(w2, mask), low2);
    high2 = madd(v, upper<E>(w2, mask), high2);
    v = v128.load32_splat(x3 + k);
    low3 = madd(v, lower<E>(w3, mask), low3);
    high3 = madd(v, upper<E>(w3, mask), high3);
    w0 += 8 * sizeof<E>();
    w1 += 8 * sizeof<E>();
    w2 += 8 * sizeof<E>();
    w3 += 8 * sizeof<E>();
  }
  store8(y0, low0, high0);
  store8(y1, low1, high1);
  store8(y2, low2, high2);
  store8(y3, low3, high3);
}
