/** Where this thread's instance of the module has memory of its own for what a kernel makes on the way. */
export let room: usize = 0;

/** Bytes of it: a panel's block of 768 inputs as f32 is the most (product.ts). */
export function room_bytes(): i32 {
  return 768 << 5;
}

/** Gives the thread its room, before its first kernel that needs it. */
export function set_room(p: usize): void {
  room = p;
}
