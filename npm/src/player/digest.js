/** A digest of 16-bit samples that is quickly computed: FNV-1a with 32 bits. Begin with `START`. */
export const START = 0x811c9dc5;
export function digest(state, sample) {
  let hash = Math.imul(state ^ (sample & 0xff), 0x01000193);
  hash = Math.imul(hash ^ ((sample >> 8) & 0xff), 0x01000193);
  return hash >>> 0;
}
