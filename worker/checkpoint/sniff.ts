import { GPTError } from "../errors";

/** Enough of a file's beginning to know what it is not. */
export const SNIFFED_BYTES = 256;

/** What stands in a file's place, by its first bytes, and what to do about it. */
const IMPOSTORS: readonly { looks: RegExp; is: string; advice: string }[] = [
  {
    looks: /^(?:\u00ef\u00bb\u00bf)?\s*<(?:!doctype|!--|html|head|body|\?xml)/i,
    is: "an HTML page",
    advice: "Check the address: many servers answer a missing file with their start page.",
  },
  {
    looks: /^version https:\/\/git-lfs/,
    is: "a Git LFS pointer",
    advice: "Fetch the file itself: git lfs pull, or the hub's /resolve/ address.",
  },
  {
    looks: /^PK\p{Cc}{2}|^\u0080\p{Cc}\u008a\p{Cc}l/u, // torch.save, the zip and the old form
    is: "a PyTorch file (zip or pickle)",
    advice: "Save the weights as safetensors: safetensors.torch.save_file.",
  },
];

/** Throws `GPTError` `not-a-model-file` that says what was found in place of the file. */
export function refuseImpostor(head: Uint8Array, file: string): void {
  const text = String.fromCharCode(...head.subarray(0, SNIFFED_BYTES));
  const found = IMPOSTORS.find(({ looks }) => looks.test(text));
  if (found) throw new GPTError("not-a-model-file", `${file} holds ${found.is}, not the file. ${found.advice}`);
}
