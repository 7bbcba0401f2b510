/** How many elements a tensor of this shape has. */
export const elementsOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** The next multiple of `to` from a count on. */
export const align = (count: number, to: number): number => Math.ceil(count / to) * to;
