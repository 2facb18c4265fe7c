/** A schematic map: places, the vehicles that told where they are, and the way of the trip that is looked at. */
import { Map as LeafletMap, circleMarker, control, divIcon, featureGroup, geoJSON, latLngBounds, marker, polyline } from "leaflet";

const STYLES = {
  canteen: { radius: 5, className: "place place-canteen" },
  cooperative: { radius: 5, className: "place place-cooperative" },
  depot: { radius: 7, className: "place place-depot" },
};

/** Draws the map; `put` and `take` follow the rows of the list. */
export function drawMap() {
  const box = document.getElementById("map");
  const data = document.getElementById("places");
  if (!box || !data) return { put() {}, take() {} };
  box.hidden = false;
  const map = new LeafletMap(box, { attributionControl: false, zoomControl: false, zoomSnap: 0.25, scrollWheelZoom: false, keyboard: true });
  control.zoom({ zoomInTitle: box.dataset.closer, zoomOutTitle: box.dataset.farther }).addTo(map);
  control.scale({ imperial: false }).addTo(map);
  const layer = document.getElementById("layer");
  if (layer) polyline(JSON.parse(layer.textContent), { className: "layer", interactive: false }).addTo(map);
  const places = geoJSON(JSON.parse(data.textContent), {
    pointToLayer: ({ properties }, at) => circleMarker(at, STYLES[properties.kind]).bindTooltip(properties.name),
  }).addTo(map);
  const ways = featureGroup().addTo(map);
  const vehicles = new globalThis.Map();
  const bounds = places.getLayers().length ? places.getBounds() : latLngBounds([[28.0, 109.0], [28.3, 109.4]]);
  map.fitBounds(bounds, { padding: [24, 24], animate: false });

  function drawWay() {
    ways.clearLayers();
    const picked = document.getElementById("picked");
    for (const row of document.querySelectorAll(".run")) row.classList.toggle("picked", row.id === `run-${picked?.dataset.trip}`);
    if (!picked) return;
    const way = JSON.parse(picked.dataset.way);
    if (way.length) polyline(way, { className: "way", interactive: false }).addTo(ways);
  }

  function put(row) {
    const { lat, lon, tone, plate } = row.dataset;
    if (!lat) return take(row.id);
    const icon = divIcon({ className: "vehicle", html: `<span class="status ${tone}"></span>`, iconSize: null });
    const known = vehicles.get(row.id);
    if (known) {
      known.setLatLng([lat, lon]);
      known.setIcon(icon);
    } else {
      vehicles.set(row.id, marker([lat, lon], { icon, title: plate, alt: plate, keyboard: false }).addTo(map));
      vehicles.get(row.id).on("click", () => document.getElementById(row.id)?.querySelector("a").click());
    }
    const label = vehicles.get(row.id).getElement()?.firstElementChild;
    if (label) label.textContent = plate;
  }

  function take(id) {
    vehicles.get(id)?.remove();
    vehicles.delete(id);
  }

  document.addEventListener("htmx:afterSettle", drawWay);
  drawWay();
  return { put, take };
}
