import { TorchRandom } from "../machine/torch-random";
import { anything, checkOptions, SEED } from "../option-checks";
import { ensure } from "../sampling/checks";
import { isWhole, show } from "../values";

/** One layer of the network: a linear map, then a GELU. */
export interface LayerWeights {
  /** [out][in] */
  weight: number[][];
  /** [out] */
  bias: number[];
}

export interface ShortcutOptions {
  /** Draws the weights as PyTorch does, 0 to 2³² − 1; the default, 123, gives the book's. Not with `weights`. */
  seed?: number;
  /** Widths from the input to the output, 2 to 65 of them from 1 to 1024. Default 3-3-3-3-3-1, the book's. Not with `weights`. */
  sizes?: readonly number[];
  /** The weights themselves, of 1 to 64 layers. */
  weights?: readonly LayerWeights[];
  /** [first width]; default 1, 0, −1, the book's, again and again. */
  input?: readonly number[];
  /** [last width]; default zeros. */
  target?: readonly number[];
}

/** One run of the network, forwards and back. */
export interface GradientRun {
  /** What leaves each layer: [layer][out] */
  outputs: number[][];
  /** Mean squared error to the target. */
  loss: number;
  /** Mean absolute gradient of each layer's weight: what the book prints. */
  meanAbsoluteGradients: number[];
  /** [layer][out][in] */
  weightGradients: number[][][];
  /** [layer][out] */
  biasGradients: number[][];
}

export interface ShortcutGradients {
  weights: LayerWeights[];
  without: GradientRun;
  with: GradientRun;
}

const SIZES = [3, 3, 3, 3, 3, 1];
/** Each is checked where it is used. */
const OPTIONS = { seed: anything, sizes: anything, weights: anything, input: anything, target: anything };
const MOST_LAYERS = 64;
const MOST_WIDTH = 1024;

/**
 * The network of section 4.4, with shortcuts and without: how large the gradient is in each layer. Values are rounded
 * to f32 after each step, as PyTorch's are. Throws a `TypeError` that names a wrong option.
 */
export function shortcutGradients(options: ShortcutOptions = {}): ShortcutGradients {
  checkOptions("shortcutGradients()", options, OPTIONS, ["signal", "workerUrl"]);
  const weights = options.weights === undefined ? seeded(options) : checkedWeights(options);
  const first = weights[0]?.weight[0]?.length ?? 0;
  const last = weights.at(-1)?.weight.length ?? 0;
  const { input = Array.from({ length: first }, (_, i) => [1, 0, -1][i % 3] ?? 0), target = new Array(last).fill(0) } =
    options;
  const [x, y] = [vector("input", input, first), vector("target", target, last)];
  return { weights, without: run(weights, x, y, false), with: run(weights, x, y, true) };
}

function run(layers: readonly LayerWeights[], input: number[], target: number[], shortcuts: boolean): GradientRun {
  let x = input;
  const steps = layers.map(({ weight, bias }) => {
    const pre = weight.map((row, o) => f32(dot(row, x) + (bias[o] ?? 0)));
    const isAdded = shortcuts && pre.length === x.length;
    const step = { input: x, pre, isAdded };
    x = pre.map((value, o) => f32(gelu(value) + (isAdded ? (step.input[o] ?? 0) : 0)));
    return { ...step, output: x };
  });
  const errors = x.map((value, o) => f32(value - (target[o] ?? 0)));
  const loss = f32(dot(errors, errors) / errors.length);

  let gradient = errors.map((error) => f32((2 * error) / errors.length)); // of the loss by the last output
  const weightGradients: number[][][] = [];
  const biasGradients: number[][] = [];
  for (const [n, { input: from, pre, isAdded }] of [...steps.entries()].reverse()) {
    const byPre = pre.map((value, o) => f32((gradient[o] ?? 0) * geluSlope(value)));
    weightGradients[n] = byPre.map((value) => from.map((one) => f32(value * one)));
    biasGradients[n] = byPre;
    const weight = layers[n]?.weight ?? [];
    const column = (i: number) => weight.map((row) => row[i] ?? 0);
    gradient = from.map((_, i) => f32(dot(column(i), byPre) + (isAdded ? (gradient[i] ?? 0) : 0)));
  }
  const meanAbsoluteGradients = weightGradients.map((rows) => {
    const all = rows.flat();
    return f32(all.reduce((sum, value) => sum + Math.abs(value), 0) / all.length);
  });
  return { outputs: steps.map(({ output }) => output), loss, meanAbsoluteGradients, weightGradients, biasGradients };
}

const ROOT = Math.sqrt(2 / Math.PI);

/** The tanh form, as the book writes it. Hendrycks, Gimpel 2016, arXiv:1606.08415. */
function gelu(x: number): number {
  return f32(0.5 * x * (1 + Math.tanh(ROOT * (x + 0.044715 * x ** 3))));
}

/** d gelu / dx = (1 + t)/2 + x (1 − t²)/2 · √(2/π) (1 + 3 · 0.044715 x²), t the tanh. */
function geluSlope(x: number): number {
  const t = Math.tanh(ROOT * (x + 0.044715 * x ** 3));
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * ROOT * (1 + 3 * 0.044715 * x * x);
}

const f32 = Math.fround;

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
}

/** `nn.Linear` after `torch.manual_seed(seed)`: uniform in ±1/√in, the weight and then the bias. */
function seeded({ seed = 123, sizes = SIZES }: ShortcutOptions): LayerWeights[] {
  ensure("seed", seed, SEED);
  const isWidth = (value: unknown) => isWhole(value, 1, MOST_WIDTH);
  if (!(Array.isArray(sizes) && sizes.length >= 2 && sizes.length <= MOST_LAYERS + 1 && sizes.every(isWidth)))
    throw new TypeError(
      `sizes: found ${String(sizes)}; allowed: 2 to ${MOST_LAYERS + 1} widths from 1 to ${MOST_WIDTH}`,
    );
  const random = new TorchRandom(seed);
  return sizes.slice(1).map((outs, n) => {
    const inputs = sizes[n] ?? 1;
    const draw = random.uniform(1 / Math.sqrt(inputs));
    const values = (count: number) => {
      const drawn = new Float32Array(count);
      draw(drawn);
      return Array.from(drawn);
    };
    const weight = Array.from({ length: outs }, () => values(inputs));
    return { weight, bias: values(outs) };
  });
}

function checkedWeights({ weights, seed, sizes }: ShortcutOptions): LayerWeights[] {
  if (seed !== undefined || sizes !== undefined)
    throw new TypeError("weights: found with seed or sizes; allowed: weights alone");
  if (!(Array.isArray(weights) && weights.length >= 1 && weights.length <= MOST_LAYERS))
    throw new TypeError(`weights: found ${show(weights)}; allowed: 1 to ${MOST_LAYERS} layers { weight, bias }`);
  let inputs = weights[0]?.weight?.[0]?.length ?? 0;
  return weights.map((layer: LayerWeights | null, n) => {
    const { weight, bias }: Partial<LayerWeights> = layer ?? {};
    const fits =
      inputs > 0 &&
      Array.isArray(weight) &&
      weight.length > 0 &&
      weight.every((row) => isVector(row, inputs)) &&
      isVector(bias, weight.length);
    if (!fits)
      throw new TypeError(
        `weights: layer ${n} does not fit; allowed: [out][in] weights and [out] biases, finite numbers, as many inputs as the layer before has outputs`,
      );
    inputs = weight.length;
    return { weight: weight.map((row) => row.map(f32)), bias: bias.map(f32) };
  });
}

function vector(name: string, values: readonly number[], length: number): number[] {
  if (isVector(values, length)) return values.map(f32);
  throw new TypeError(`${name}: found ${String(values)}; allowed: ${length} finite numbers`);
}

function isVector(values: unknown, length: number): values is number[] {
  return Array.isArray(values) && values.length === length && values.every(Number.isFinite);
}
