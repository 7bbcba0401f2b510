import { transferHandlers } from "comlink";
import { wireError } from "./errors";

/** Comlink carries an error's name, message and stack; ours has a code too, which its receiving side keeps. */
export function installErrorHandler(): void {
  const original = transferHandlers.get("throw");
  if (!original) return;
  transferHandlers.set("throw", {
    ...original,
    serialize: (thrown) => {
      const { value } = thrown as { value: unknown };
      const stack = value instanceof Error ? { stack: value.stack } : {};
      return [{ isError: true, value: { ...wireError(value), ...stack } }, []];
    },
  });
}
