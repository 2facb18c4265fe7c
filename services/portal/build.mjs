/**
 * Bundles static_src/ into static/: every .js, .css and .svg file at its top, each with what it imports, is one file
 * named by its content. manifest.json says which; beside each lie copies compressed by gzip and Brotli.
 *
 *     node build.mjs
 *
 * Files are added first and the manifest is replaced last, so that a portal which is running misses nothing; what
 * neither this manifest nor the one before names is removed.
 */
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const SOURCES = join(HERE, "static_src");
const BUILT = join(HERE, "static");
const MANIFEST = join(BUILT, "manifest.json");
/** What every page that works without a network needs, before it is asked for. */
const SHELL = ["main.css", "light.js", "outbox.js"];

/** Bundles entries; returns the built file's name by the entry's, and the names of all files. */
async function bundle(entries, define = {}) {
  const { metafile } = await build({
    entryPoints: entries.map((name) => join(SOURCES, name)),
    outdir: BUILT,
    absWorkingDir: HERE,
    bundle: true,
    minify: true,
    metafile: true,
    format: "esm",
    target: "es2020",
    charset: "utf8",
    legalComments: "eof",
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".svg": "copy", ".png": "file" },
    define,
    logLevel: "warning",
  });
  const files = Object.entries(metafile.outputs);
  const names = files.filter(([, about]) => about.entryPoint).map(([file, about]) => [about.entryPoint, file]);
  return {
    names: Object.fromEntries(names.map((pair) => pair.map((path) => basename(path)))),
    files: files.map(([file]) => basename(file)),
  };
}

/** The manifest of the build before; nothing, where there is none that can be read. */
function before() {
  try {
    return JSON.parse(readFileSync(MANIFEST, "utf8"));
  } catch {
    return { files: [] };
  }
}

/** Puts compressed copies beside a file: bytes count where a phone has 400 kbit/s. */
function compress(file) {
  const bytes = readFileSync(join(BUILT, file));
  if (extname(file) === ".png") return;
  writeFileSync(join(BUILT, `${file}.gz`), gzipSync(bytes, { level: 9 }));
  writeFileSync(join(BUILT, `${file}.br`), brotliCompressSync(bytes));
}

mkdirSync(BUILT, { recursive: true });
const last = before();
const entries = readdirSync(SOURCES).filter((name) => [".js", ".css", ".svg"].includes(extname(name)));
const pages = await bundle(entries.filter((name) => name !== "worker.js"));
const shell = SHELL.map((name) => `/static/${pages.names[name]}`);
const worker = await bundle(["worker.js"], { SHELL: JSON.stringify(shell) });
const files = [...pages.files, ...worker.files].sort();
files.forEach(compress);
writeFileSync(`${MANIFEST}.new`, JSON.stringify({ entries: { ...pages.names, ...worker.names }, files }, null, 1));
renameSync(`${MANIFEST}.new`, MANIFEST);
const wanted = new Set([...files, ...last.files].flatMap((file) => [file, `${file}.gz`, `${file}.br`]));
wanted.add("manifest.json");
readdirSync(BUILT)
  .filter((file) => !wanted.has(file))
  .forEach((file) => rmSync(join(BUILT, file)));
