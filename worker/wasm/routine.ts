/** A kernel as the threads call it. */
export class Routine {
  /** The one list of its arguments: a token takes some hundred calls, and new lists were most of what had to be collected. */
  private readonly args: number[] = [];

  private constructor(
    /** Its number in the control block: its place among the module's functions, the same in every thread. */
    readonly index: number,
    private readonly run: (...args: readonly number[]) => void,
  ) {}

  /** The kernels of an instance by name, in the order of their numbers. */
  static all(module: WebAssembly.Module, exports: WebAssembly.Exports): Map<string, Routine> {
    const functions = WebAssembly.Module.exports(module).filter(({ kind }) => kind === "function");
    return new Map(functions.map(({ name }, i) => [name, new Routine(i, exports[name] as Routine["run"])]));
  }

  /** The first `count` of `given`, then the range. */
  call(given: ArrayLike<number>, count: number, begin: number, end: number): void {
    const { args } = this;
    for (let i = 0; i < count; i++) args[i] = given[i] ?? 0;
    args[count] = begin;
    args[count + 1] = end;
    this.run(...args);
  }
}
