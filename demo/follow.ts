/**
 * Keeps the end of the text in sight while it grows, until the reader scrolls, presses a key or a button. One look at the layout a
 * frame, however many tokens came.
 */
export function follow(end: () => Element | null, life: AbortSignal): { begin(): void; grew(): void } {
  let following = false;
  let asked = false;
  for (const away of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    addEventListener(
      away,
      () => {
        following = false;
      },
      { passive: true, capture: true, signal: life }, // before the key or click that begins a text is heard
    );
  }
  return {
    begin() {
      following = true;
    },
    grew() {
      if (!following || asked) return;
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        if (following) end()?.scrollIntoView({ block: "nearest" });
      });
    },
  };
}
