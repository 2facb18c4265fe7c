/** The same as main.js without htmx, for pages that swap nothing: those that work without a network. */
import "./common/start.js";
