/** Where this thread's instance of the module has memory of its own for what a kernel makes on the way. */
export let room: usize = 0;

/** Inputs of a panel that a product of many rows takes at a time: in the first cache (product.ts). */
export const K_BLOCK: i32 = 768;

/** Bytes of it: a panel's block of inputs as f32 is the most. */
export function room_bytes(): i32 {
  return K_BLOCK << 5;
}

/** Gives the thread its room, before its first kernel that needs it. */
export function set_room(p: usize): void {
  room = p;
}
