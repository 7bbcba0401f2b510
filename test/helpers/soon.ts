import { vi } from "vitest";

/** Once a check passes. It may take long: a busy machine is no fault of what is tested. Intervals are in ms. */
export const soon = (check: () => void, interval = 50): Promise<void> =>
  vi.waitFor(check, { timeout: 20_000, interval });
