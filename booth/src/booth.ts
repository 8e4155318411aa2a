// What a voting page loads: the booth's front door.

export { NotAScalar, timesGenerator, WIDTH } from "./group.ts";
