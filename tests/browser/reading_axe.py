"""What axe finds in a page: the rules of WCAG 2.0 to 2.2, levels A and AA."""

from pathlib import Path
from typing import Final

from playwright.sync_api import Page

AXE: Final = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """async rules => {
  const only = rules.length ? { type: "rule", values: rules } : {
    type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] };
  const { violations } = await axe.run({ runOnly: only, resultTypes: ["violations"] });
  return violations.map(v => `${v.id}: ${v.nodes.map(n => n.target.join(" ") + " " +
    (n.any[0]?.message ?? n.all[0]?.message ?? n.none[0]?.message ?? "")).join("; ")}`);
}"""
_STILL = """document.getAnimations().forEach(
  a => a.effect.getComputedTiming().iterations === Infinity || a.finish())"""


def violations(page: Page, *rules: str) -> list[str]:
    """Each as its rule, where, and why; all rules, or `rules`. What moves is moved to its end."""
    page.evaluate(_STILL)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(_RUN, list(rules))
    return found
