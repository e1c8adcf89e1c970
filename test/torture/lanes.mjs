/** Work side by side, and chance that can be repeated. */

/**
 * Lets so many tasks run at once.
 *
 * @param width how many
 * @returns a function that runs a task when its turn comes and hands its result on
 */
export function lanes(width) {
  let running = 0;
  const waiting = [];
  const next = () => {
    if (running >= width) return;
    const start = waiting.shift();
    if (start === undefined) return;
    running += 1;
    start();
  };
  return (task) =>
    new Promise((resolve, reject) => {
      waiting.push(() => {
        task()
          .then(resolve, reject)
          .finally(() => {
            running -= 1;
            next();
          });
      });
      next();
    });
}

/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
export function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function pause(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
