/**
 * Holds what the reader chose in `host`'s panels and in the form for a model of their own; called once the page has been built
 * anew, chooses it there again.
 */
export function choicesIn(host: ParentNode): () => void {
  const before = fieldsIn(host);
  return () => {
    for (const [i, field] of fieldsIn(host).entries()) {
      const old = before[i];
      if (field instanceof HTMLSelectElement && old instanceof HTMLSelectElement) {
        // A picker that has not been drawn yet has nothing on offer.
        if (field.length === 0) field.replaceChildren(...[...old.options].map(({ text }) => new Option(text)));
        field.selectedIndex = old.selectedIndex;
      } else if (field instanceof HTMLInputElement && old instanceof HTMLInputElement) {
        if (field.type === "radio" && !old.checked) continue;
        field.checked = old.checked;
        field.value = old.value;
      }
      for (const type of ["input", "change"]) field.dispatchEvent(new Event(type));
    }
  };
}

function fieldsIn(host: ParentNode) {
  return [...host.querySelectorAll<HTMLInputElement | HTMLSelectElement>(FIELDS)];
}

const FIELDS = ".panel :is(select, input), #model-own, #address";
