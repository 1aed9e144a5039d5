// Reviewing by single keys. They act only while the focus is on a pair, so that no other key pressed on the page, nor a
// word spoken to a machine that types it, reviews anything. Each key presses a button of the pair's form: whatever it
// does, a pointer does too, without this script.
"use strict";
{
  const pairs = [...document.querySelectorAll("[data-pair]")];
  const guide = document.querySelector(".keys");
  let sent = false;

  const show = (pair) => {
    pair.focus({ preventScroll: true });
    pair.scrollIntoView({ block: "nearest" });
  };
  const beside = (pair, steps) => {
    const at = pairs.indexOf(pair) + steps;
    if (pairs[at]) show(pairs[at]);
    else if (at === pairs.length) document.querySelector("a[rel=next]")?.focus();
  };
  const press = (pair, key) => {
    const control = pair.querySelector(`form.review [data-key="${CSS.escape(key)}"]`);
    if (control?.localName === "summary") {
      control.parentElement.open = true;
      control.parentElement.querySelector("textarea").focus();
    } else control?.click();
    return control;
  };

  document.addEventListener("keydown", (event) => {
    const pair = event.target.closest("[data-pair]");
    if (!pair || sent || event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    if (event.target.matches("input, textarea, select")) {
      if (event.key === "Escape") show(pair);
      return;
    }
    if (event.key === "j" || event.key === "k") beside(pair, event.key === "j" ? 1 : -1);
    else if (!press(pair, event.key)) return;
    event.preventDefault();
  });
  // What is pressed while a review is on its way would go to the same pair.
  document.addEventListener("submit", () => { sent = true; });
  window.addEventListener("pageshow", () => { sent = false; });

  if (guide) {
    guide.hidden = false;
    document.documentElement.classList.add("keyed");
    const open = pairs.find((each) => !each.querySelector(".reviewed")) ?? pairs[0];
    guide.querySelector("button").addEventListener("click", () => show(open));
  }
  const arrived = location.hash && document.getElementById(location.hash.slice(1));
  if (arrived && pairs.includes(arrived)) show(arrived);
}
