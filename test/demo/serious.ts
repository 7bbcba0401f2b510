import axe from "axe-core";

/** What axe finds serious or critical on the page as it stands; a drawing says what it shows by its label. */
export async function serious(): Promise<string[]> {
  const { violations } = await axe.run(
    { include: [document.body], exclude: [".drawing > *"] },
    { resultTypes: ["violations"] },
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}
