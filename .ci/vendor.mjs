// Copies what the pages need from node_modules into logistics/web/static/vendor: the product serves every file itself.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const target = join(root, "logistics", "web", "static", "vendor");
const texts = {
  "htmx.min.js": "htmx.org/dist/htmx.min.js",
  "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
  "echarts.min.js": "echarts/dist/echarts.common.min.js", // the manager's pictures
  "idb.min.js": "idb/build/umd.js", // what a receiver's device keeps while there is no network
  "zxing.min.js": "zxing-wasm/dist/iife/reader/index.js", // reading codes with a camera; loads the file below
};
const files = {
  "zxing_reader.wasm": "zxing-wasm/dist/reader/zxing_reader.wasm",
  // Tabler names its licence (MIT) at the top of its files; the others' stand beside them.
  "htmx.LICENSE": "htmx.org/LICENSE",
  "echarts.LICENSE": "echarts/LICENSE",
  "echarts.NOTICE": "echarts/NOTICE",
  "idb.LICENSE": "idb/LICENSE",
  "zxing.LICENSE": "zxing-wasm/LICENSE",
};

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const [name, source] of Object.entries(texts)) {
  const text = readFileSync(join(root, "node_modules", source), "utf8");
  // Source maps are not served; a browser's tools would ask for them in vain.
  writeFileSync(join(target, name), text.replace(/^\/[/*]# sourceMappingURL=.*$/gm, ""));
}
for (const [name, source] of Object.entries(files)) copyFileSync(join(root, "node_modules", source), join(target, name));
