/** The dispatcher's board: rows and map follow what the server tells; works beside htmx, which is in here, too. */
import "./main.js";
import { drawMap } from "./board/map.js";
import { follow } from "./board/stream.js";

const map = drawMap();
follow(map);
