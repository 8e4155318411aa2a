// Bundles the booth for browsers; with --tests, the tests for node's own runner.
import { readdirSync } from "node:fs";
import { build } from "esbuild";

const tests = process.argv.includes("--tests");

await build({
  entryPoints: tests ? readdirSync("tests").filter((name) => name.endsWith(".test.ts")).map((name) => `tests/${name}`) : ["src/booth.ts"],
  outdir: tests ? "dist/tests" : "dist",
  bundle: true,
  format: "esm",
  platform: tests ? "node" : "browser",
  target: tests ? "node20" : ["chrome109", "firefox115", "safari16"],
  minify: !tests,
  legalComments: "external",
  logLevel: "info",
});
