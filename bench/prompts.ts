/** Makes prompts that share no beginning with one another, so that nothing is reused. */
export function freshPrompts(vocabSize: number): (length: number) => number[] {
  let salt = 0;
  return (length) => {
    salt++;
    return Array.from({ length }, (_, i) => (salt * 7919 + i * 104729) % vocabSize);
  };
}
