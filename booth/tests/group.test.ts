// The booth's group is that of RFC 9496, by the vectors that the kernel reads too.

import assert from "node:assert/strict";
import { test } from "node:test";

import { NotAScalar, timesGenerator } from "../src/booth.ts";
import { cases } from "./vectors.ts";

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));

for (const vector of cases("group/multiples.jsonl")) {
  test(`multiples of the generator: ${vector["why"]}`, () => {
    const scalar = bytes(vector["scalar"] ?? "");
    if (vector["expect"] === "error") {
      assert.throws(() => timesGenerator(scalar), NotAScalar);
    } else {
      assert.equal(Buffer.from(timesGenerator(scalar)).toString("hex"), vector["expect"]);
    }
  });
}
