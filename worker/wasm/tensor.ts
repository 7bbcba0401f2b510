/** f32 values in WebAssembly memory: `rows` rows of `cols`, the next row `stride` floats on. */
export interface Tensor {
  readonly pointer: number;
  readonly rows: number;
  readonly cols: number;
  readonly stride: number;
}

/** The columns `begin` to `end` of a tensor: a view, nothing is copied. */
export function columns(x: Tensor, begin: number, end: number): Tensor {
  return { pointer: x.pointer + 4 * begin, rows: x.rows, cols: end - begin, stride: x.stride };
}

/** The rows `begin` to `end` of a tensor: a view, nothing is copied. */
export function rows(x: Tensor, begin: number, end: number): Tensor {
  return { pointer: x.pointer + 4 * begin * x.stride, rows: end - begin, cols: x.cols, stride: x.stride };
}
