/** What pages do with and without htmx. */
import { watchDialogs } from "./dialogs.js";
import { watchForms } from "./forms.js";
import { openOutbox } from "./offline.js";
import { showReturned } from "./returned.js";
import { watchTaps } from "./taps.js";

watchForms();
watchDialogs();
watchTaps();
showReturned();
openOutbox();
