import { chunk } from "../chunk";
import { generate, type Job, tokensOf } from "../generate";
import type { FinishReason, GenerateResult, Sequence, Usage } from "../protocol";
import type { SamplingKernels } from "../sampling/kernels";
import type { ResolvedOptions } from "../sampling/options";
import { createRandom } from "../sampling/random";
import { createSampler } from "../sampling/sampler";
import { Clock } from "./clock";
import type { Context, Reader } from "./context";
import type { Deadline } from "./deadline";
import type { Hypothesis } from "./hypotheses";
import type { Matcher } from "./matcher";
import { Writer, type Written } from "./writer";
import { type TokenDecoder, WrittenText } from "./written-text";

/** A generation to be run. */
export interface Question<C extends Context> {
  reader: Reader<C>;
  /** What is known of the prompt. */
  context: C;
  /** The whole text so far, of which a context that slides reads only a part. */
  prompt: readonly number[];
  /** The ids that the context is to read before the first token. */
  fresh: readonly number[];
  options: ResolvedOptions;
  matcher?: Matcher | undefined;
  sampling: SamplingKernels;
  logSumExp(logits: Float32Array): number;
  newDecoder(): TokenDecoder;
  textOf(id: number): string;
  deadline: Deadline;
}

type Answer = AsyncGenerator<Written, GenerateResult>;

/** Runs a generation: shows it while it runs where it samples, at the end where it searches. */
export function answer<C extends Context>(question: Question<C>): Answer {
  return question.options.numBeams > 1 ? search(question) : sample(question);
}

/** The result of a generation that wrote nothing. */
export function unwritten(
  promptTokens: number,
  { n, numBeams }: Pick<ResolvedOptions, "n" | "numBeams">,
  finishReason: FinishReason,
): GenerateResult {
  const sequences = Array.from({ length: n }, (_, index) => ({ index, text: "", ids: [], finishReason, logprob: 0 }));
  const usage = new Clock().usage(promptTokens, 0, 0);
  return resultOf(sequences[0], usage, n > 1 || numBeams > 1 ? sequences : undefined);
}

async function* sample<C extends Context>(question: Question<C>): Answer {
  const { options, sampling, newDecoder } = question;
  const random = createRandom(options.seed);
  const report = options.stats
    ? (await chunk(import("../sampling/report"), question.deadline)).reportStages
    : undefined;
  const writers = Array.from({ length: options.n }, (_, index) => {
    const sampler = createSampler(options, sampling, random.fork(index), report);
    return new Writer({ ...question, sampler, written: new WrittenText(newDecoder(), options.stop), index });
  });
  const job: Job<C> = { ...question, writers, promptTokens: question.prompt.length, rowsEach: 1 + options.speculate };
  const usage = yield* generate(job);
  const sequences = writers.map((writer) => writer.result());
  const [first] = sequences; // the one that was shown
  sequences.sort((a, b) => b.logprob - a.logprob);
  return resultOf(first, usage, options.n > 1 ? sequences : undefined);
}

/** Few ask for it: what searches is a chunk of its own. */
async function* search<C extends Context>(question: Question<C>): Answer {
  const { beamSearch } = await chunk(import("./beam-search"), question.deadline);
  const { options, sampling, newDecoder, prompt, fresh } = question;
  const newText = () => new WrittenText(newDecoder(), options.stop);
  const clock = new Clock();
  const found = await beamSearch({ ...question, sampler: createSampler(options, sampling), newText, clock });
  const sequences = found.map((hypothesis, index) => sequenceOf(hypothesis, index, newText()));
  const written = newText();
  for (const token of found[0]?.tokens ?? [])
    yield { type: "token", token: { ...token, text: written.push(token.id) } };
  const rest = written.end();
  if (rest) yield { type: "text", text: rest };
  return resultOf(sequences[0], clock.usage(prompt.length, fresh.length, tokensOf(sequences)), sequences);
}

function sequenceOf(
  { tokens, score, logprob, finishReason }: Hypothesis,
  index: number,
  written: WrittenText,
): Sequence {
  for (const { id } of tokens) written.push(id);
  written.end();
  const reason = written.stopped ? "stop-text" : finishReason;
  return { index, text: written.text, ids: tokens.map(({ id }) => id), finishReason: reason, logprob, score };
}

/** A result: the sequence that was shown, and all where several were asked for. */
function resultOf(shown: Sequence | undefined, usage: Usage, sequences?: readonly Sequence[]): GenerateResult {
  const { text = "", ids = [], finishReason = "aborted" } = shown ?? {};
  return { text, ids, finishReason, usage, ...(sequences && { sequences }) };
}
