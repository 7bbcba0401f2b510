import { chunk } from "../chunk";
import { GPTError } from "../errors";
import { completeConfig, type GPTConfig } from "../model/config";
import { bareName, isSkipped, type NameRule, ruleFor } from "./names";
import type { CheckpointPlan, ConfigFile, FileHeader, FileTensor, TensorPlan, TensorType, Twins } from "./types";

/** The parameters a configuration has → their shapes. */
export type Parameters = (config: GPTConfig) => ReadonlyMap<string, readonly number[]>;

const PLAIN_TYPES: readonly string[] = ["F32", "F16", "BF16"] satisfies TensorType[];
const BLOCK_TYPES: readonly string[] = ["Q8_0", "Q4_0"] satisfies TensorType[];

/** What training without biases leaves out: all of a group or none. Query, key and value have `qkvBias`. */
const OPTIONAL = [/\.(?:out_proj|layers\.[02])\.bias$/, /\.shift$/];

interface Source {
  tensor: FileTensor;
  rule: NameRule;
}

/**
 * Decides what becomes of each tensor of a file, and with the tensors what the configuration leaves open: `tied` (else
 * untied exactly where the file has a head), `qkvBias` and the orientation of matrices (by `c_attn`: `c_proj` is
 * square). Throws `GPTError` `missing-tensor`, `wrong-shape`, `wrong-dtype`, `invalid-config` naming the tensor.
 */
export async function planCheckpoint(header: FileHeader, configFile: ConfigFile, parameters: Parameters) {
  const { config: input, origin, tiedUnlessOther: mayDiffer = false, ...ids } = configFile;
  const sources = sourcesByParameter(header);
  const tied = input.tied ?? !sources.has("out_head.weight");
  const second = tied ? useOneEmbedding(sources) : undefined;
  const qkvBias = [...sources.keys()].some((name) => name.endsWith(".W_query.bias"));
  const config = completeConfig({ ...input, tied, qkvBias }, origin);
  const expected = parameters(config);
  const transposed = header.names === "hub" && isConv1D(sources, config, header.file);
  const places = parameters({ ...config, tied: false }); // a tied file may hold the head too
  const zeros = await missing(sources, expected, places, header);
  const tensors = [...new Set([...sources.values(), ...(second ? [second] : [])])]
    .map((source) => planTensor(source, places, transposed, header))
    .sort((a, b) => a.offset - b.offset);
  const types = new Map([...sources].map(([parameter, { tensor }]) => [parameter, tensor.dtype]));
  const first = sources.get("tok_emb.weight")?.tensor.name ?? "";
  const twins: Twins | undefined = second && { first, second: second.tensor.name, mayDiffer, file: header.file };
  return { config, tensors, types, zeros, ...ids, ...(twins && { twins }) } satisfies CheckpointPlan;
}

function sourcesByParameter({ tensors, file }: FileHeader): Map<string, Source> {
  const sources = new Map<string, Source>();
  for (const tensor of tensors) {
    if (isSkipped(tensor.name)) continue;
    const source = { tensor, rule: ruleFor(bareName(tensor.name)) };
    for (const parameter of source.rule.ours) {
      const other = sources.get(parameter);
      if (other) {
        const message = `${file} has both ${other.tensor.name} and ${tensor.name} for ${parameter}, expected one.`;
        throw new GPTError("bad-header", message);
      }
      sources.set(parameter, source);
    }
  }
  return sources;
}

/** A tied model needs the embedding or the head, whichever the file kept. Of both it gets the first; the second is returned. */
function useOneEmbedding(sources: Map<string, Source>): Source | undefined {
  const both = ["tok_emb.weight", "out_head.weight"].flatMap((name) => sources.get(name) ?? []);
  const [first, second] = both.sort((a, b) => a.tensor.begin - b.tensor.begin);
  if (first) sources.set("tok_emb.weight", { ...first, rule: { ...first.rule, ours: ["tok_emb.weight"] } });
  sources.delete("out_head.weight");
  return second;
}

function isConv1D(sources: Map<string, Source>, { embDim }: GPTConfig, file: string): boolean {
  const fused = [...sources.values()].find(({ rule }) => rule.ours.length > 1 && rule.layout === "linear");
  if (!fused) return false;
  const { name, shape } = fused.tensor;
  const [rows, columns] = shape;
  if (shape.length === 2 && rows === embDim && columns === 3 * embDim) return true;
  if (shape.length === 2 && rows === 3 * embDim && columns === embDim) return false;
  throw wrongShape(file, name, shape, `[${embDim}, ${3 * embDim}] or [${3 * embDim}, ${embDim}]`);
}

function planTensor(
  { tensor, rule }: Source,
  expected: ReturnType<Parameters>,
  conv1d: boolean,
  { file, names, unpack: others = new Map() }: FileHeader,
) {
  const { name, shape, begin: offset, bytes } = tensor;
  let end = 0;
  let inner: readonly number[] = [];
  const parts = rule.ours.map((parameter) => {
    const ours = expected.get(parameter);
    if (!ours) {
      const message = `${file} has ${name}, for which the configuration has no place. Do the two belong together?`;
      throw new GPTError("invalid-config", message);
    }
    const begin = end;
    end += ours[0] ?? 1;
    inner = ours.slice(1);
    return { parameter, begin, end };
  });
  const blocks = names === "gguf" && shape.length > 1 ? [...BLOCK_TYPES, ...others.keys()] : [];
  const types = [...PLAIN_TYPES, ...blocks];
  if (!types.includes(tensor.dtype)) {
    const message = `${file} has ${name} as ${tensor.dtype}, expected ${types.join(", ")}. Convert it to one of these.`;
    throw new GPTError("wrong-dtype", message);
  }
  const unpack = others.get(tensor.dtype);
  const dtype = unpack ? "F32" : (tensor.dtype as TensorType);
  const transposed = conv1d && rule.layout === "linear";
  const stored = transposed ? [...inner, end] : [end, ...inner];
  if (stored.join() !== shape.join()) throw wrongShape(file, name, shape, `[${stored.join(", ")}]`);
  return { file, name, dtype, ...(unpack && { unpack }), shape, offset, bytes, transposed, parts } satisfies TensorPlan;
}

/** The parameters to leave zero. Throws when others are missing. */
async function missing(
  sources: Map<string, Source>,
  expected: ReturnType<Parameters>,
  places: ReturnType<Parameters>,
  header: FileHeader,
): Promise<string[]> {
  const present = [...sources.keys()];
  const absentGroups = OPTIONAL.filter((group) => !present.some((name) => group.test(name)));
  const absent = [...expected.keys()].filter((name) => !sources.has(name));
  const fault = absent.find((name) => !absentGroups.some((group) => group.test(name)));
  if (fault === undefined) return absent;
  const { missingTensor } = await chunk(import("./advice"));
  throw missingTensor(fault, absent.length - 1, places, header);
}

function wrongShape(file: string, name: string, found: readonly number[], expected: string): GPTError {
  const message = `${file} has ${name} as [${found.join(", ")}], the configuration expects ${expected}. Give the config.json of these weights.`;
  return new GPTError("wrong-shape", message);
}
