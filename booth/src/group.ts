// ristretto255 (RFC 9496) for one voter's device: the same group as the kernel's arrays.

import { ristretto255 } from "@noble/curves/ed25519.js";

/** Bytes in one encoded scalar or point (RFC 9496, section 4). */
export const WIDTH = 32;

/** Bytes that are not the encoding of a scalar: the reason is the message. */
export class NotAScalar extends Error {
  override readonly name = "NotAScalar";
}

/**
 * Multiply the generator by a public scalar of 32 little-endian bytes; return the point's encoding.
 *
 * Not for secrets: JavaScript's integers promise nothing about time. Throws NotAScalar where
 * the bytes are not exactly 32 or not below the group's order.
 */
export function timesGenerator(scalar: Uint8Array): Uint8Array {
  if (scalar.length !== WIDTH) throw new NotAScalar(`${scalar.length} bytes are no scalar`);
  const field = ristretto255.Point.Fn;
  let value: bigint;
  try {
    value = field.fromBytes(scalar);
  } catch {
    throw new NotAScalar("the scalar is not below the group's order");
  }
  const point = value === 0n ? ristretto255.Point.ZERO : ristretto255.Point.BASE.multiply(value);
  return point.toBytes();
}
