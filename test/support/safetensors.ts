/** A safetensors file of empty tensors with these names. */
export function safetensors(names: readonly string[]): Uint8Array {
  const header = JSON.stringify(
    Object.fromEntries(names.map((name) => [name, { dtype: 'F32', shape: [0], data_offsets: [0, 0] }])),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header)]);
}
