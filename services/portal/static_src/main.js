/** What every page loads: htmx with its settings, and what makes forms, dialogs and swaps behave. */
import "./common/htmx.js";
import "htmx-ext-sse";
import "./common/start.js";
import "./common/swaps.js";
