import { DIALS, type Dial, placesOf } from "../dials";
import { element } from "../dom";
import { faultOf, faultOfTexts, fieldOf, inForce, othersOf, SEED, type Settings, textsOf } from "../settings";

/** The sampling controls: two dials in the open, the rest behind "More". */
export interface Controls {
  read(): Settings;
  write(settings: Settings): void;
  /** Shows the first field that does not hold, with the browser's own words, and says whether all hold. */
  check(): boolean;
  /** Shows the field whose option the library refused, which its message begins with; nothing where it begins otherwise. */
  refused(message: string): void;
}

/** A browser that restores fields on the way back would show other values than it tells of. */
const NOT_RESTORED = { autocomplete: "off" };

/** Fills `host` with the dials at their defaults. */
export function controls(host: HTMLElement, defaults: Settings): Controls {
  const dials = DIALS.map((dial) => ({ dial, ...dialField(dial) }));
  const seed = element("input", {
    id: "seed",
    type: "number",
    ...SEED,
    step: 1,
    placeholder: "a new one",
    inputmode: "numeric",
    ...NOT_RESTORED,
  });
  const texts = (id: string) => element("textarea", { id, rows: 2, spellcheck: "false", ...NOT_RESTORED });
  const [stop, badWords] = [texts("stop"), texts("bad-words")];
  const [constraint, other] = [texts("constraint"), texts("other")];
  const full = element(
    "select",
    { id: "on-context-full", ...NOT_RESTORED },
    element("option", { value: "slide" }, "forget the oldest"),
    element("option", { value: "stop" }, "stop"),
  );
  const fields = new Map<string, Field>([
    ...dials.map(({ dial: { key }, input }) => [key, input] as const),
    ...Object.entries({ seed, stop, badWords, constraint, onContextFull: full, other }),
  ]);
  const inUse = element("small", { class: "soft num" });
  const reset = element("button", { type: "button", class: "link" }, "Back to the defaults");
  const more = element(
    "details",
    { class: "more" },
    element("summary", {}, "More", inUse),
    element(
      "div",
      { class: "dials" },
      ...dials.filter(({ dial }) => !dial.open).map(({ field }) => field),
      labelled("Seed", seed, "same seed, same text"),
      labelled("Stop at", stop, "one text a line; \\n is a line break"),
      labelled("Never write", badWords, "one text a line; \\n is a line break"),
      labelled("Must match", constraint, "a regular expression, or a JSON schema"),
      labelled("When the context is full", full),
      labelled("Any other option", other, 'as generate() takes it, in JSON: { "stats": true, "maxTime": 5000 }'),
      reset,
    ),
  );
  host.append(...dials.filter(({ dial }) => dial.open).map(({ field }) => field), more);

  const read = (): Settings => {
    const lists = { stop: textsOf(stop.value), badWords: textsOf(badWords.value) };
    const written = { constraint: constraint.value, other: other.value };
    const settings: Settings = { ...defaults, ...lists, ...written, onContextFull: "stop" };
    for (const { dial, input } of dials) settings[dial.key] = input.valueAsNumber;
    if (seed.value !== "") settings.seed = seed.valueAsNumber;
    if (full.value === "slide") settings.onContextFull = "slide";
    return settings;
  };
  const showInForce = () => {
    inUse.textContent = inForce(read());
  };
  const write = (settings: Settings) => {
    for (const { dial, input, show } of dials) {
      input.value = String(settings[dial.key]);
      show();
    }
    seed.value = settings.seed === undefined ? "" : String(settings.seed);
    stop.value = fieldOf(settings.stop);
    badWords.value = fieldOf(settings.badWords);
    constraint.value = settings.constraint;
    other.value = settings.other;
    full.value = settings.onContextFull;
    showInForce();
  };
  host.addEventListener("input", ({ target }) => {
    for (const field of fields.values()) if (field === target) field.setCustomValidity("");
    showInForce();
  });
  reset.addEventListener("click", () => write(defaults));
  write(defaults);
  return {
    read,
    write,
    check() {
      for (const field of fields.values()) field.setCustomValidity(wordsFor(field));
      const bad = [...fields.values()].find((field) => !field.validity.valid);
      if (bad) point(bad);
      return !bad;
    },
    refused(message) {
      const option = /^(\w+): /.exec(message)?.[1] ?? "";
      const field = option in othersOf(read()) ? other : fields.get(option);
      if (!field) return;
      field.setCustomValidity(message);
      point(field);
    },
  };

  function point(field: Field): void {
    more.open ||= more.contains(field);
    field.reportValidity();
  }

  /** What the browser has no words for. */
  function wordsFor(field: Field): string {
    if (field === constraint) return faultOf("constraint", field.value);
    if (field === other) return faultOf("other", field.value);
    if (field instanceof HTMLInputElement && field !== seed && field.value === "") return "Please fill in a number.";
    return field.id === "n" ? faultOfTexts(read()) : "";
  }
}

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** A dial's label, value, input and hint. A range shows its number beside the name; a number field is its own. */
function dialField(dial: Dial): { field: HTMLElement; input: HTMLInputElement; show(): void } {
  const { key, label, kind, min, max, step, hint } = dial;
  const input = element("input", { id: key, type: kind, min, max, step, inputmode: "decimal", ...NOT_RESTORED });
  if (kind === "number") return { field: labelled(label, input, hint), input, show() {} };
  const output = element("output", { class: "num", for: key });
  const show = () => {
    output.textContent = input.valueAsNumber.toFixed(placesOf(dial));
  };
  input.addEventListener("input", show);
  return { field: labelled(label, input, hint, output), input, show };
}

function labelled(label: string, input: HTMLElement, hint?: string, output?: HTMLElement): HTMLElement {
  const hintId = `${input.id}-hint`;
  if (hint) input.setAttribute("aria-describedby", hintId);
  return element(
    "div",
    { class: output ? "dial" : `field ${input.localName}` },
    element("label", { for: input.id }, label),
    ...(output ? [output] : []),
    input,
    ...(hint ? [element("small", { id: hintId, class: "soft" }, hint)] : []),
  );
}
