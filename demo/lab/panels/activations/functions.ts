/** An activation of the chapter, with its slope. */
export interface ActivationFunction {
  name: string;
  of(x: number): number;
  slope(x: number): number;
}

const C = Math.sqrt(2 / Math.PI);

/** x·Φ(x) by its tanh form, which on a picture is the same line as the exact one (Hendrycks, Gimpel 2016). */
export const GELU: ActivationFunction = {
  name: "GELU",
  of: (x) => 0.5 * x * (1 + Math.tanh(C * (x + 0.044715 * x ** 3))),
  slope(x) {
    const t = Math.tanh(C * (x + 0.044715 * x ** 3));
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * C * (1 + 3 * 0.044715 * x * x);
  },
};

export const RELU: ActivationFunction = {
  name: "ReLU",
  of: (x) => Math.max(0, x),
  slope: (x) => (x > 0 ? 1 : 0),
};
