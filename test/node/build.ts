import { execFileSync } from "node:child_process";
import { resolve } from "node:path";

/** Once before the tests of this folder: they look at the package as built. */
export default function build(): void {
  execFileSync("npm", ["run", "dist"], { cwd: resolve(import.meta.dirname, "../.."), stdio: "pipe" });
}
