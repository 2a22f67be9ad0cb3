/* The page works without this: it follows Airflow's theme, opens Airflow's own pages, and follows a run. */
"use strict";

const framed = window.parent !== window;

function followTheme() {
  const theirs = window.parent.document.documentElement;
  const copy = () => {
    document.documentElement.dataset.theme = theirs.classList.contains("dark") ? "dark" : "light";
  };
  copy();
  new MutationObserver(copy).observe(theirs, { attributes: true, attributeFilter: ["class"] });
}

/* The frame may not navigate its parent; Airflow's router follows a change of the history. */
function openInAirflow(event) {
  const link = event.target.closest("a[data-airflow]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  window.parent.history.pushState(null, "", link.getAttribute("href"));
  window.parent.dispatchEvent(new PopStateEvent("popstate", { state: null }));
}

const label = (element) => (element.querySelector("strong") || element).textContent;

/* What was open stays open, and what had the focus keeps it. */
function replace(place, html) {
  const phases = () => [...place.querySelectorAll("details.phase")];
  const open = new Set(phases().filter((one) => one.open).map(label));
  const held = place.contains(document.activeElement) ? document.activeElement : null;
  place.innerHTML = html; // escaped by the server
  if (open.size) for (const one of phases()) one.open = open.has(label(one));
  if (!held) return;
  const same = [...place.querySelectorAll(held.tagName)].find((one) => label(one) === label(held));
  if (same) same.focus({ preventScroll: true });
}

/* A screen reader hears what is at work only when that changes, not every two seconds. */
function tell(place) {
  const names = [...place.querySelectorAll(".verdict .badge, .now strong")].map((one) => one.textContent.trim());
  const said = names.join(", ");
  const status = document.getElementById("said");
  if (status.textContent !== said) status.textContent = said;
}

async function follow(place) {
  try {
    const answer = await fetch(place.dataset.live, { credentials: "same-origin" });
    if (answer.ok) {
      replace(place, await answer.text());
      tell(place);
      if (place.querySelector("[data-ended]")) {
        window.location.reload();
        return;
      }
    }
  } catch {
    /* the API server is away; the next look may find it */
  }
  window.setTimeout(() => follow(place), 2000);
}

if (framed) {
  followTheme();
  document.addEventListener("click", openInAirflow);
}
const moving = document.querySelector("[data-live]");
if (moving) window.setTimeout(() => follow(moving), 2000);
