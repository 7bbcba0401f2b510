/**
 * Keeps the end of the text in sight while it grows, until the reader scrolls away from it. One look at the layout a
 * frame, however many tokens came.
 */
export function follow(end: () => Element | null, life: AbortSignal): { begin(): void; grew(): void } {
  let following = false;
  let asked = false;
  for (const away of ["wheel", "touchmove"]) {
    addEventListener(
      away,
      () => {
        following = false;
      },
      { passive: true, signal: life },
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
