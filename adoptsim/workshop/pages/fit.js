/** Text as large as its box allows: steps down until nothing sticks out, never below what the back row can read. */

export const LEAST = 24;

/** Set `--size` on an element to the largest step at which its content fits the box that it has. */
export function fit(element, { from = 44, least = LEAST } = {}) {
  for (let size = from; size >= least; size -= 2) {
    element.style.setProperty("--size", size);
    if (fits(element)) return size;
  }
  return least;
}

/** Return whether all that an element holds is in sight. */
export const fits = (element) => element.scrollHeight <= element.clientHeight + 1;
