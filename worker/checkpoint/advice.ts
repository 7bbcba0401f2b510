import { GPTError } from "../errors";
import { BLOCK, bareName, isBuffer, NAME_RULES, ruleFor } from "./names";
import type { Parameters } from "./plan";
import type { CheckpointFiles } from "./source";
import type { FileHeader, ModelSource } from "./types";

const HUB_HINT = "A model of the hub is written owner/name, as openai-community/gpt2.";
const FOLDER_HINT =
  "A folder needs config.json and model.safetensors, as save_pretrained() of transformers writes them; merge_and_unload() an adapter first.";

/** Of a file that is not there the error also says what a folder needs; of a bare name, a folder beside the page, how a hub id is written. */
export function absentFile(
  error: GPTError,
  source: ModelSource,
  { config, weights, folder }: CheckpointFiles,
): GPTError {
  const bare = typeof source === "string" && /^[\w.-]+$/.test(source);
  const needed =
    folder && error.code === "http-error" && [config, weights].some((each) => error.message.startsWith(`${each} `));
  if (!bare && !needed) return error;
  return new GPTError(error.code, `${error.message} ${bare ? HUB_HINT : FOLDER_HINT}`, { cause: error.cause });
}

/** What to do about a missing tensor, by what there is: tensors without a place, the file's name. */
const ADVICE: readonly { where: "tensors" | "file"; looks: RegExp; advice: string }[] = [
  { where: "tensors", looks: /lora_|base_layer/, advice: "Merge the adapter, merge_and_unload(), and save it anew." },
  {
    where: "file",
    looks: /-\d+-of-\d+\.\w+(?:\?|$)/,
    advice: "It is one file of several: give their folder's address, or all as weights.",
  },
  { where: "file", looks: /^/, advice: "The configuration asks for it: do the two belong together?" },
];

/** The error for a parameter that no tensor is for, one of several; `places` are all that a tensor may be for. */
export function missingTensor(
  fault: string,
  others: number,
  places: ReturnType<Parameters>,
  { file, names, tensors }: FileHeader,
): GPTError {
  const theirs = theirName(fault, names);
  const called = theirs === fault ? fault : `${theirs} (or ${fault})`;
  const strays = tensors
    .map(({ name }) => name)
    .filter((name) => !isBuffer(name) && !ruleFor(bareName(name)).ours.some((each) => places.has(each)));
  const nor = others > 0 ? `, nor ${others} others` : "";
  const more = strays.length > 1 ? ` and ${strays.length - 1} others` : "";
  const but = strays.length > 0 ? `, but ${strays[0]}${more} without a place` : "";
  const found = { tensors: strays.join(), file };
  const advice = ADVICE.find(({ where, looks }) => looks.test(found[where]))?.advice;
  return new GPTError("missing-tensor", `${file} has no tensor ${called}${nor}${but}. ${advice}`);
}

/** What a file calls one of our parameters, for messages. */
function theirName(parameter: string, names: FileHeader["names"]): string {
  const block = BLOCK.exec(parameter)?.[2] ?? "";
  const general = parameter.replace(BLOCK, "$1.N.");
  const found = NAME_RULES[names].find(({ ours }) => ours.includes(general));
  return found ? found.theirs.replace(".N.", `.${block}.`) : parameter;
}
