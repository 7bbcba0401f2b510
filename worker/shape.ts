/** How many elements a tensor of this shape has. */
export const elementsOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
