// What tests ask a page, from inside it.
"use strict";

window.look = {
  can: "input, button, select, textarea, summary, a[href]",

  unfold() {
    document.querySelectorAll("details").forEach((one) => {
      one.open = true;
    });
  },

  tooWide: () => document.documentElement.scrollWidth > innerWidth,

  // A target may be smaller than 24 px where it stands in a sentence, or is drawn by the label around it (WCAG 2.5.8).
  small() {
    return [...document.querySelectorAll(look.can)].flatMap((one) => {
      const box = (one.closest("label") ?? one).getBoundingClientRect();
      const hidden = box.width === 0 || !one.checkVisibility() || one.classList.contains("skip");
      const inSentence = one.tagName === "A" && getComputedStyle(one).display === "inline" && one.closest("p");
      const fits = box.width >= 24 && box.height >= 24;
      return hidden || inSentence || fits ? [] : [`${one.outerHTML.slice(0, 100)} ${box.width}×${box.height}`];
    });
  },

  // What breaks a rule of axe-core, and where.
  async broken(rules) {
    const { violations } = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
    return violations.map((one) => {
      const where = one.nodes.map((node) => `${node.html.slice(0, 120)} ${node.any[0]?.message ?? ""}`);
      return `${one.id}: ${where.join(" | ")}`;
    });
  },

  // What the keyboard should come to. Of a group of radio buttons that is one; the arrow keys do the rest.
  reachable() {
    const first = (one) => one.type !== "radio" || one === document.querySelector(`[name="${one.name}"]`);
    return [...document.querySelectorAll(look.can)].filter((one) => one.checkVisibility() && first(one)).length;
  },

  come: new Set(),

  // Notes what has the focus. What it is on must not lie under the bar at the bottom.
  note() {
    const one = document.activeElement;
    if (one === document.body) return;
    look.come.add(one);
    const [box, bar] = [one.getBoundingClientRect(), document.querySelector(".rooms")];
    const under = !bar.contains(one) && box.bottom > bar.getBoundingClientRect().top + 1;
    if (under || box.bottom < 0) throw new Error(`hidden: ${one.outerHTML}`);
  },

  focused: () => (document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent).trim(),

  moving: () => [...document.querySelectorAll("*")].some((one) => parseFloat(getComputedStyle(one).transitionDuration) > 0),
};
