/** htmx as our pages want it: nothing evaluated, nothing of a page kept in the browser, refused forms shown again. */
import htmx from "htmx.org";
import { token } from "./csrf.js";

window.htmx = htmx;

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  // Several people use one phone: no page of one is to be found in it by the next.
  historyCacheSize: 0,
  // Not style: the CSP has none, and what a browser writes there (a field drawn larger) is not of the page.
  attributesToSettle: ["class", "width", "height"],
  timeout: 20_000,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "409|422", swap: true },
    { code: "...", swap: false, error: true },
  ],
});

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = token();
});

export default htmx;
