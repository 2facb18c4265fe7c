/** Records that are saved in the browser at the tap and sent when there is a network: docs/portal.md, "Offline". */
import { watchDrain } from "./outbox/drain.js";
import { watchFollowing } from "./outbox/following.js";
import { listKept } from "./outbox/kept.js";
import { keepPages } from "./outbox/pages.js";
import { show, watchList } from "./outbox/showing.js";
import { openStore } from "./outbox/store.js";
import { watchTaking } from "./outbox/taking.js";

/** Without a store, as in some private windows, forms are sent as they are without script. */
async function start() {
  if (!(await openStore())) return;
  watchTaking();
  watchList();
  watchFollowing();
  watchDrain();
  await show();
}

start();
keepPages();
listKept();
