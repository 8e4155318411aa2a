// Reads the project's vectors (spec/vectors): one case a line, the same for every language.

import { readFileSync } from "node:fs";

export type Case = Readonly<Record<string, string>>;

/** The cases of one file, named by its path below spec/vectors; a file without cases is an error. */
export function cases(name: string): Case[] {
  const lines = readFileSync(`../spec/vectors/${name}`, "utf8").split("\n").filter((line) => line);
  if (lines.length === 0) throw new Error(`${name} has no cases`);
  return lines.map((line) => JSON.parse(line) as Case);
}
